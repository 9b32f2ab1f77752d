import { collectDefaultMetrics, Registry } from 'prom-client';

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
 * Creates a registry of CPU, memory, garbage collection and event loop lag of this process. Create one per process:
 * several would report one process under several scrape jobs.
 */
export function processRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  return registry;
}
