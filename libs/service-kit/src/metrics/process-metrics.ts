import { collectDefaultMetrics, type Registry } from 'prom-client';

/**
 * Gauges whose names end in `_total`, a suffix that Prometheus reserves for counters. Their values are sums of other
 * families, which remain.
 */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/**
 * Registers CPU, memory, garbage collection and event loop lag of this process. Call it for one registry per process:
 * several registries would report one process under several scrape jobs.
 */
export function collectProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
}
