import { TRAFFIC_WINDOW_SECONDS, type TrafficNow } from '#contracts';
import { FIRST_ERROR, type InstanceSeries, type ServiceSeries } from '../../telemetry/metrics/index.js';
import { ENOUGH_REQUESTS, LatestRequests } from './latest-requests.js';
import { rounded } from './rounded.js';
import { SlidingCounts } from './sliding-counts.js';
import { BUCKETS, COLUMNS, emptyCounts, ERRORS, REQUESTS, RETRIES, TrafficCounts } from './traffic-counts.js';

type Series = ServiceSeries | InstanceSeries;

const scratch = emptyCounts();

/** Requests, errors and latencies of the last {@link TRAFFIC_WINDOW_SECONDS}. Takes one sample per second. */
export class TrafficWindow extends TrafficCounts {
  override readonly from = undefined;
  override readonly firstErrorAt = undefined;
  override readonly firstSlowAt = undefined;
  /** Responses by status, of those that are errors. */
  private readonly errorStatuses = new Map<number, SlidingCounts>();
  private readonly latestRequests = new LatestRequests();
  private requestsBefore = 0;
  private retriesBefore = 0;

  constructor(private readonly sliding = new SlidingCounts(COLUMNS, TRAFFIC_WINDOW_SECONDS)) {
    super(sliding.sums);
  }

  /** What rules judge: the window if it has enough requests, otherwise the latest ones. */
  get judged(): TrafficCounts {
    return this.requests < ENOUGH_REQUESTS ? this.latestRequests : this;
  }

  /** The requests of the same time as others. */
  during({ from }: TrafficCounts): TrafficCounts {
    return from === undefined ? this : this.latestRequests.since(from);
  }

  /** Leaves the window alone to be judged, until more requests follow. */
  forgetLatest(): void {
    this.latestRequests.forgetAll();
  }

  /** Growth in the latest sample. */
  get latest(): Float64Array {
    return this.sliding.latest;
  }

  /** Takes a sample of a service or an instance. @param now milliseconds since the epoch */
  sample(series: Series, now: number): void {
    const requests = series.statuses.total;
    const retries = 'retries' in series ? series.retries + series.hedges.total : 0;
    const { requestsBefore } = this;
    const hasGrown = requests !== requestsBefore || retries !== this.retriesBefore;
    this.requestsBefore = requests;
    this.retriesBefore = retries;
    if (hasGrown) {
      scratch[REQUESTS] = requests;
      scratch[ERRORS] = series.errors;
      scratch[RETRIES] = retries;
      scratch.set(series.latency.counts, BUCKETS);
      this.sliding.sample(scratch);
    } else this.sliding.sample(undefined);
    if (series.errors > 0) this.sampleErrors(series);
    if (requests !== requestsBefore) this.addLatest(now);
    this.latestRequests.forget(now);
  }

  private addLatest(now: number): void {
    this.latestRequests.add({
      at: now,
      growth: this.latest.slice(),
      errorStatus: this.latest[ERRORS] ? this.mostOf(({ latest }) => latest) : undefined,
    });
  }

  private sampleErrors({ statuses }: Series): void {
    for (const [status, count] of statuses.entries()) {
      if (status < FIRST_ERROR) continue;
      let window = this.errorStatuses.get(status);
      if (!window) this.errorStatuses.set(status, (window = new SlidingCounts(1, TRAFFIC_WINDOW_SECONDS)));
      window.sample([count]);
    }
  }

  /** Takes a sample of counts that {@link emptyCounts} began. */
  sampleCounts(totals: Float64Array): void {
    this.sliding.sample(totals);
  }

  override get mostFrequentError(): number | undefined {
    return this.mostOf(({ sums }) => sums);
  }

  private mostOf(countsOf: (window: SlidingCounts) => Float64Array): number | undefined {
    let most: number | undefined;
    let highest = 0;
    for (const [status, window] of this.errorStatuses) {
      const count = countsOf(window)[0] ?? 0;
      if (count > highest) [most, highest] = [status, count];
    }
    return most;
  }

  /** @param seconds length of the window until it is full */
  now(seconds: number, inFlight: number): TrafficNow {
    if (this.requests === 0 && inFlight === 0) return NO_TRAFFIC;
    return {
      requestsPerSecond: rounded(this.requests / seconds),
      errorRate: rounded(this.errorRate),
      p50Ms: rounded(this.quantile(0.5)),
      p95Ms: rounded(this.quantile(0.95)),
      p99Ms: rounded(this.quantile(0.99)),
      inFlight,
    };
  }
}

const NO_TRAFFIC: TrafficNow = {
  requestsPerSecond: 0,
  errorRate: 0,
  p50Ms: 0,
  p95Ms: 0,
  p99Ms: 0,
  inFlight: 0,
};
