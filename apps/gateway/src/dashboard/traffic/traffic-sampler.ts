import { TRAFFIC_WINDOW_SECONDS } from '#contracts';
import type { ServiceEntry } from '../../discovery/index.js';
import type { ServiceSeries, TrafficMetrics } from '../../telemetry/metrics/index.js';
import { addCounts, addRequests, emptyCounts } from './traffic-counts.js';
import { TrafficWindow } from './traffic-window.js';

const SECOND_MS = 1000;

/** Windows of a service and its instances. */
export class ServiceWindows extends TrafficWindow {
  readonly instances = new Map<string, TrafficWindow>();

  constructor(readonly series: ServiceSeries) {
    super();
  }

  /** Requests that instances received: without those that the gateway refused or the cache served. */
  get instanceRequests(): number {
    let sum = 0;
    for (const { requests } of this.instances.values()) sum += requests;
    return sum;
  }

  /** @param now milliseconds since the epoch */
  sampleAll(now: number): void {
    this.sample(this.series, now);
    for (const id of this.instances.keys()) if (!this.series.instances.has(id)) this.instances.delete(id);
    for (const [id, series] of this.series.instances) {
      let window = this.instances.get(id);
      if (!window) this.instances.set(id, (window = new TrafficWindow()));
      window.sample(series, now);
    }
  }
}

/** Turns the counts of all traffic into those of the last seconds. Takes one sample per second. */
export class TrafficSampler {
  /** All requests to this gateway. */
  readonly all = new TrafficWindow();
  readonly services = new Map<string, ServiceWindows>();
  private readonly totals = emptyCounts();
  private rejected = 0;
  private readonly times: number[] = [];

  constructor(private readonly traffic: TrafficMetrics) {}

  /** Length of the window, seconds. It grows after the start of the gateway. */
  seconds = 1;

  /**
   * @param now milliseconds since the epoch
   * @param monotonic milliseconds on a clock that is never set
   */
  sample(now: number, monotonic: number): void {
    this.measure(monotonic);
    const { services: current, rejections } = this.traffic;
    for (const series of current) {
      const windows = this.windowsOf(series);
      windows.sampleAll(now);
      addCounts(this.totals, windows.latest);
    }
    if (this.services.size > current.length) this.forget(new Set(current));
    const { total } = rejections;
    addRequests(this.totals, total - this.rejected);
    this.rejected = total;
    this.all.sampleCounts(this.totals);
  }

  /** Requests in flight to a service. */
  static inFlight({ live }: ServiceEntry): number {
    let sum = 0;
    for (const { load } of live) sum += load.inFlight;
    return sum;
  }

  /** A timer may be late: the window is as long as it was, not as long as it should be. */
  private measure(now: number): void {
    this.times.push(now);
    if (this.times.length <= 1) return;
    const first = this.times.length > TRAFFIC_WINDOW_SECONDS ? this.times.shift() : this.times[0];
    this.seconds = Math.max(1, (now - (first ?? now)) / SECOND_MS);
  }

  private windowsOf(series: ServiceSeries): ServiceWindows {
    let windows = this.services.get(series.name);
    if (windows?.series !== series) this.services.set(series.name, (windows = new ServiceWindows(series)));
    return windows;
  }

  private forget(current: ReadonlySet<ServiceSeries>): void {
    for (const [name, { series }] of this.services) if (!current.has(series)) this.services.delete(name);
  }
}
