import { BOUNDS_MS, quantileOf } from '../../telemetry/metrics/index.js';

/** Columns of the counts; those of the latency buckets follow. */
export const REQUESTS = 0;
export const ERRORS = 1;
export const RETRIES = 2;
export const BUCKETS = 3;
export const COLUMNS = BUCKETS + BOUNDS_MS.length + 1;

/** People notice a second. A bound of the latency buckets. */
export const SLOW_MS = 1000;
const FIRST_SLOW_BUCKET = BUCKETS + BOUNDS_MS.indexOf(SLOW_MS) + 1;

export const emptyCounts = (): Float64Array => new Float64Array(COLUMNS);

export const requestsOf = (counts: Float64Array): number => counts[REQUESTS] ?? 0;
export const errorsOf = (counts: Float64Array): number => counts[ERRORS] ?? 0;
/** Responses that took longer than {@link SLOW_MS}. */
export function slowOf(counts: Float64Array): number {
  let sum = 0;
  for (let i = FIRST_SLOW_BUCKET; i < COLUMNS; i += 1) sum += counts[i] ?? 0;
  return sum;
}

export const bucketsOf = (counts: Float64Array): Float64Array => counts.subarray(BUCKETS);

/** Adds other counts; with the factor -1, subtracts them. */
export function addCounts(counts: Float64Array, others: Float64Array, factor: 1 | -1 = 1): void {
  for (let i = 0; i < COLUMNS; i += 1) counts[i] = (counts[i] ?? 0) + factor * (others[i] ?? 0);
}

/** Counts requests without latency. */
export function addRequests(counts: Float64Array, requests: number): void {
  counts[REQUESTS] = requestsOf(counts) + requests;
}

/** Requests, errors and latencies of some time. */
export abstract class TrafficCounts {
  constructor(protected readonly counts: Float64Array) {}

  /** When the first of the requests ended, milliseconds since the epoch; `undefined` if all did in the last seconds. */
  abstract readonly from: number | undefined;
  /** The same of the first that failed. */
  abstract readonly firstErrorAt: number | undefined;
  /** The same of the first that was slow. */
  abstract readonly firstSlowAt: number | undefined;
  /** The status of most errors; `undefined` if no error had a status of its own, as when responses were cut off. */
  abstract readonly mostFrequentError: number | undefined;

  get requests(): number {
    return requestsOf(this.counts);
  }

  get errors(): number {
    return errorsOf(this.counts);
  }

  get errorRate(): number {
    return this.requests === 0 ? 0 : this.errors / this.requests;
  }

  get retries(): number {
    return this.counts[RETRIES] ?? 0;
  }

  /** Responses that took longer than {@link SLOW_MS}. */
  get slow(): number {
    return slowOf(this.counts);
  }

  /** The `q`-quantile of latencies, milliseconds. */
  quantile(q: number): number {
    const buckets = bucketsOf(this.counts);
    let count = 0;
    for (const inside of buckets) count += inside;
    return quantileOf(buckets, count, q);
  }
}
