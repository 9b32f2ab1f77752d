import { TRAFFIC_WINDOW_SECONDS, type TrafficNow } from '#contracts';
import {
  BOUNDS_MS,
  FIRST_ERROR,
  quantileOf,
  type InstanceSeries,
  type ServiceSeries,
} from '../../telemetry/metrics/index.js';
import { rounded } from './rounded.js';
import { SlidingCounts } from './sliding-counts.js';

/** Columns of the counts; those of the latency buckets follow. */
const REQUESTS = 0;
const ERRORS = 1;
const RETRIES = 2;
const BUCKETS = 3;
const COLUMNS = BUCKETS + BOUNDS_MS.length + 1;

type Series = ServiceSeries | InstanceSeries;

/** Counts of all traffic, added up over its parts. */
export const emptyCounts = (): Float64Array => new Float64Array(COLUMNS);

export const requestsOf = (counts: Float64Array): number => counts[REQUESTS] ?? 0;
export const errorsOf = (counts: Float64Array): number => counts[ERRORS] ?? 0;
export const bucketsOf = (counts: Float64Array): Float64Array => counts.subarray(BUCKETS);

const scratch = emptyCounts();

/** Requests, errors and latencies of the last {@link TRAFFIC_WINDOW_SECONDS}. Takes one sample per second. */
export class TrafficWindow {
  private readonly counts = new SlidingCounts(COLUMNS, TRAFFIC_WINDOW_SECONDS);
  /** Responses by status, of those that are errors. */
  private readonly errorStatuses = new Map<number, SlidingCounts>();
  private requestsBefore = 0;
  private retriesBefore = 0;

  get requests(): number {
    return requestsOf(this.counts.sums);
  }

  get errors(): number {
    return errorsOf(this.counts.sums);
  }

  get errorRate(): number {
    return this.requests === 0 ? 0 : this.errors / this.requests;
  }

  get retries(): number {
    return this.counts.sums[RETRIES] ?? 0;
  }

  /** Growth in the latest sample. */
  get latest(): Float64Array {
    return this.counts.latest;
  }

  /** Takes a sample of a service or an instance. */
  sample(series: Series): void {
    const requests = series.statuses.total;
    const retries = 'retries' in series ? series.retries + series.hedges.total : 0;
    const hasGrown = requests !== this.requestsBefore || retries !== this.retriesBefore;
    this.requestsBefore = requests;
    this.retriesBefore = retries;
    if (hasGrown) {
      scratch[REQUESTS] = requests;
      scratch[ERRORS] = series.errors;
      scratch[RETRIES] = retries;
      scratch.set(series.latency.counts, BUCKETS);
      this.counts.sample(scratch);
    } else this.counts.sample(undefined);
    if (series.errors > 0) this.sampleErrors(series);
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
    this.counts.sample(totals);
  }

  /** The status of most errors; `undefined` if no error had a status of its own, as when responses were cut off. */
  get mostFrequentError(): number | undefined {
    let most: number | undefined;
    let highest = 0;
    for (const [status, { sums }] of this.errorStatuses) {
      const count = sums[0] ?? 0;
      if (count > highest) [most, highest] = [status, count];
    }
    return most;
  }

  /** The `q`-quantile of latencies, milliseconds. */
  quantile(q: number): number {
    const buckets = bucketsOf(this.counts.sums);
    let count = 0;
    for (const inside of buckets) count += inside;
    return quantileOf(buckets, count, q);
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

/** Adds the growth of a part in its latest sample to the counts of all. */
export function addGrowth(all: Float64Array, { latest }: TrafficWindow): void {
  for (let i = 0; i < COLUMNS; i += 1) all[i] = (all[i] ?? 0) + (latest[i] ?? 0);
}

/** Counts requests without latency. */
export function addRequests(all: Float64Array, requests: number): void {
  all[REQUESTS] = (all[REQUESTS] ?? 0) + requests;
}
