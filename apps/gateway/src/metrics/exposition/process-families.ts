import { collectDefaultMetrics, Registry, type MetricObjectWithValues, type MetricValue } from 'prom-client';
import type { Labels, MetricFamily, Sample } from './family.js';

type Value = MetricValue<string> & { readonly metricName?: string };

/** Memory, CPU, garbage collection and event loop lag of this process. */
export class ProcessMetrics {
  private readonly registry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  async families(): Promise<MetricFamily[]> {
    const metrics = await this.registry.getMetricsAsJSON();
    return (metrics as MetricObjectWithValues<Value>[]).map(toFamily);
  }
}

function toFamily({ name, help, type, values }: MetricObjectWithValues<Value>): MetricFamily {
  const base = name.replace(/_total$/, '');
  const samples = values.map(({ metricName = name, labels, value }) => ({
    suffix: metricName.slice(base.length) as Sample['suffix'],
    labels: textLabels(labels),
    value,
  }));
  // prom-client's declarations number the types, its data names them.
  return { name: base, help, type: String(type) as MetricFamily['type'], samples };
}

const textLabels = (labels: Value['labels']): Labels =>
  Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [name, String(value).replace(/^Infinity$/, '+Inf')]),
  );
