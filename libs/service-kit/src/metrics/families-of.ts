import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client';
import type { MetricFamily, MetricSample } from './exposition.js';

type Value = MetricValue<string> & { readonly metricName?: string };

/**
 * The metrics of a registry of prom-client. Its own OpenMetrics writer permanently renames the counters of the
 * registry, and costs twice the CPU (docs/adr/0016-own-exposition.md).
 */
export async function familiesOf(registry: Registry): Promise<MetricFamily[]> {
  const metrics = await registry.getMetricsAsJSON();
  return (metrics as MetricObjectWithValues<Value>[]).map(familyOf);
}

function familyOf({ name, help, type, values }: MetricObjectWithValues<Value>): MetricFamily {
  // prom-client declares types as numbers but returns their names.
  const kind = String(type) as MetricFamily['type'];
  const base = kind === 'counter' ? name.replace(/_total$/, '') : name;
  const samples = values.map(({ metricName = name, labels, value }) => ({
    suffix: metricName.slice(base.length) as MetricSample['suffix'],
    labels: labels as MetricSample['labels'],
    value,
  }));
  return { name: base, help, type: kind, samples };
}
