import type { InstanceDirectory } from './instance-directory.js';
import type { LatencyHistogram } from './latency-histogram.js';
import type { InstanceSeries, ServiceSeries } from './series.js';
import type { TrafficMetrics } from './traffic-metrics.js';

/** Totals of a service or an instance since this gateway started. */
export interface TrafficTotals {
  readonly requests: number;
  /** Responses with status 500 and above, and responses that were cut off. */
  readonly errors: number;
  readonly inFlight: number;
  readonly bytesSent: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly latencyMs: {
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly mean: number;
  };
}

export interface InstanceMetrics extends TrafficTotals {
  readonly id: string;
  readonly failures: Readonly<Record<string, number>>;
}

export interface ServiceMetrics extends TrafficTotals {
  readonly name: string;
  readonly retries: number;
  /** By outcome. */
  readonly hedges: Readonly<Record<string, number>>;
  readonly tunnelsOpen: number;
  readonly problems: Readonly<Record<string, number>>;
  readonly instances: readonly InstanceMetrics[];
}

/** Body of `GET /metrics` with `Accept: application/json`. */
export interface MetricsReport {
  readonly uptimeSeconds: number;
  /** Requests that matched no route, by problem. */
  readonly rejections: Readonly<Record<string, number>>;
  readonly services: readonly ServiceMetrics[];
}

export function metricsReport(traffic: TrafficMetrics, directory: InstanceDirectory): MetricsReport {
  return {
    uptimeSeconds: Math.round(process.uptime()),
    rejections: Object.fromEntries(traffic.rejections.entries()),
    services: traffic.services.map((service) => serviceMetrics(service, directory.loadsOf(service.name))),
  };
}

type Loads = ReadonlyMap<string, number> | undefined;

function serviceMetrics(service: ServiceSeries, loads: Loads): ServiceMetrics {
  const inFlight = [...(loads?.values() ?? [])].reduce((sum, load) => sum + load, 0);
  return {
    name: service.name,
    ...totalsOf(service, inFlight),
    retries: service.retries,
    hedges: Object.fromEntries(service.hedges.entries()),
    tunnelsOpen: service.tunnelsOpen,
    problems: Object.fromEntries(service.problems.entries()),
    instances: [...service.instances.values()].map((instance) => ({
      id: instance.id,
      ...totalsOf(instance, loads?.get(instance.id) ?? 0),
      failures: Object.fromEntries(instance.failures.entries()),
    })),
  };
}

const totalsOf = (series: ServiceSeries | InstanceSeries, inFlight: number): TrafficTotals => ({
  requests: series.statuses.total,
  errors: series.errors,
  inFlight,
  bytesSent: series.bytesSent,
  statuses: Object.fromEntries(series.statuses.entries()),
  latencyMs: latencyOf(series.latency),
});

const round = (ms: number): number => Math.round(ms * 1000) / 1000;

const latencyOf = (latency: LatencyHistogram): TrafficTotals['latencyMs'] => ({
  p50: round(latency.quantile(0.5)),
  p95: round(latency.quantile(0.95)),
  p99: round(latency.quantile(0.99)),
  mean: latency.count === 0 ? 0 : round(latency.sumMs / latency.count),
});
