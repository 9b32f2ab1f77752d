import { Registry, type MetricObjectWithValues, type MetricValue } from 'prom-client';
import { collectProcessMetrics } from '#service-kit';
import type { Labels, MetricFamily, Sample } from './family.js';

type Value = MetricValue<string> & { readonly metricName?: string };

/** Memory, CPU, garbage collection and event loop lag of this process. */
export class ProcessMetrics {
  private readonly registry = new Registry();

  constructor() {
    collectProcessMetrics(this.registry);
  }

  async families(): Promise<MetricFamily[]> {
    const metrics = await this.registry.getMetricsAsJSON();
    return (metrics as MetricObjectWithValues<Value>[]).map(toFamily);
  }
}

function toFamily({ name, help, type, values }: MetricObjectWithValues<Value>): MetricFamily {
  // prom-client declares types as numbers but returns their names.
  const kind = String(type) as MetricFamily['type'];
  const base = kind === 'counter' ? name.replace(/_total$/, '') : name;
  const samples = values.map(({ metricName = name, labels, value }) => ({
    suffix: metricName.slice(base.length) as Sample['suffix'],
    labels: textLabels(labels),
    value,
  }));
  return { name: base, help, type: kind, samples };
}

const textLabels = (labels: Value['labels']): Labels =>
  Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [name, String(value).replace(/^Infinity$/, '+Inf')]),
  );
