import { addCounts, emptyCounts, errorsOf, requestsOf, slowOf, TrafficCounts } from './traffic-counts.js';

/** Fewer requests say little: one failure in five would be 20 %. */
export const ENOUGH_REQUESTS = 10;
/** Requests that ended earlier say little about now. One request per minute makes five. */
const LOOK_BACK_MS = 300_000;

/** Good requests among which this many would have been bad are enough to know that something has changed: by chance, one run in twenty is as long. */
const EXPECTED_BAD = 3;

/** Requests that ended between two samples; at least one. */
interface Sample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly growth: Float64Array;
  /** The status of most errors. */
  readonly errorStatus: number | undefined;
}

const isBad = ({ growth }: Sample): boolean => errorsOf(growth) + slowOf(growth) > 0;

/**
 * The latest requests: as few samples as have {@link ENOUGH_REQUESTS}, none older than {@link LOOK_BACK_MS}. Those that
 * failed or were slow are forgotten earlier when enough good ones follow.
 */
export class LatestRequests extends TrafficCounts {
  private readonly samples: Sample[] = [];

  constructor() {
    super(emptyCounts());
  }

  /** Takes in what has grown since the previous sample. */
  add(sample: Sample): void {
    this.append(sample);
    this.forgetWhatIsOver();
  }

  /** Forgets what is old or not needed. @param now milliseconds since the epoch */
  forget(now: number): void {
    for (let first = this.samples[0]; first; first = this.samples[0]) {
      const isNeeded = this.requests - requestsOf(first.growth) < ENOUGH_REQUESTS;
      if (isNeeded && first.at > now - LOOK_BACK_MS) return;
      this.drop(1);
    }
  }

  forgetAll(): void {
    this.drop(this.samples.length);
  }

  private append(sample: Sample): void {
    this.samples.push(sample);
    addCounts(this.counts, sample.growth);
  }

  private drop(count: number): void {
    for (const { growth } of this.samples.splice(0, count)) addCounts(this.counts, growth, -1);
  }

  private forgetWhatIsOver(): void {
    const length = this.samples.findLastIndex(isBad) + 1;
    let good = 0;
    for (const { growth } of this.samples.slice(length)) good += requestsOf(growth);
    const badRate = (this.errors + this.slow) / (this.requests - good);
    if (length > 0 && good * badRate >= EXPECTED_BAD) this.drop(length);
  }

  /** Those of them that ended at a time or later. @param from milliseconds since the epoch */
  since(from: number): LatestRequests {
    const later = new LatestRequests();
    for (const sample of this.samples) if (sample.at >= from) later.append(sample);
    return later;
  }

  override get from(): number | undefined {
    return this.samples[0]?.at;
  }

  override get firstErrorAt(): number | undefined {
    return this.samples.find(({ growth }) => errorsOf(growth) > 0)?.at;
  }

  override get firstSlowAt(): number | undefined {
    return this.samples.find(({ growth }) => slowOf(growth) > 0)?.at;
  }

  override get mostFrequentError(): number | undefined {
    const counts = new Map<number, number>();
    for (const { growth, errorStatus } of this.samples)
      if (errorStatus !== undefined)
        counts.set(errorStatus, (counts.get(errorStatus) ?? 0) + errorsOf(growth));
    return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
  }
}
