import { quantileOf } from '../../telemetry/metrics/index.js';
import { rounded } from '../traffic/rounded.js';
import { bucketsOf, emptyCounts, errorsOf, requestsOf } from '../traffic/traffic-counts.js';
import type { TrafficPoint } from './traffic-series.js';

/** Collects the seconds of a minute into one point. */
export class MinutePoint {
  private readonly counts = emptyCounts();
  private seconds = 0;
  private inFlight = 0;
  private loopLagMs = 0;
  private memoryBytes = 0;

  /** @param growth counts of the second */
  add(growth: Float64Array, { inFlight, loopLagMs, memoryBytes }: TrafficPoint): void {
    for (let i = 0; i < growth.length; i += 1) this.counts[i] = (this.counts[i] ?? 0) + (growth[i] ?? 0);
    this.seconds += 1;
    this.inFlight += inFlight;
    this.loopLagMs = Math.max(this.loopLagMs, loopLagMs);
    this.memoryBytes = memoryBytes;
  }

  /** The point so far; `undefined` without a second. The next minute begins. */
  take(): TrafficPoint | undefined {
    if (this.seconds === 0) return undefined;
    const point = this.point();
    this.counts.fill(0);
    this.seconds = this.inFlight = this.loopLagMs = 0;
    return point;
  }

  private point(): TrafficPoint {
    const { counts, seconds } = this;
    const requests = requestsOf(counts);
    const buckets = bucketsOf(counts);
    const count = buckets.reduce((sum, inside) => sum + inside, 0);
    const quantile = (q: number): number => rounded(quantileOf(buckets, count, q));
    return {
      requestsPerSecond: rounded(requests / seconds),
      errorRate: requests === 0 ? 0 : rounded(errorsOf(counts) / requests),
      p50Ms: quantile(0.5),
      p95Ms: quantile(0.95),
      p99Ms: quantile(0.99),
      inFlight: rounded(this.inFlight / seconds),
      loopLagMs: this.loopLagMs,
      memoryBytes: this.memoryBytes,
    };
  }
}
