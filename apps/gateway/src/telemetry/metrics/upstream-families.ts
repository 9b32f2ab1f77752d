import {
  counterFamily,
  gaugeFamily,
  type LabelledValue,
  type MetricFamily,
  type MetricLabels,
  type MetricSample,
} from '#service-kit';
import type { InstanceDirectory } from './instance-directory.js';
import type { InstanceSeries, ServiceSeries } from './series.js';

/**
 * Metrics of proxied traffic by instance. Buckets per instance would be hundreds of thousands of lines for a large
 * fleet; `/metrics` as JSON has percentiles.
 */
export function upstreamFamilies(
  services: readonly ServiceSeries[],
  directory: InstanceDirectory,
): MetricFamily[] {
  const each = services.flatMap(({ name, instances }) => Array.from(instances.values(), upstreamOf(name)));
  const families: MetricFamily[] = [
    counterFamily(
      'gateway_upstream_requests',
      'Exchanges that ended, by instance and class of status code.',
      each.flatMap(byClass),
    ),
    {
      name: 'gateway_upstream_request_duration_seconds',
      help: 'Duration of exchanges by instance.',
      type: 'summary',
      samples: each.flatMap(durationSamples),
    },
    counterFamily(
      'gateway_upstream_failures',
      'Failed attempts by instance and kind.',
      each.flatMap(byFailure),
    ),
    gaugeFamily(
      'gateway_upstream_requests_in_flight',
      'Requests in flight by instance.',
      services.flatMap(({ name }) => inFlight(name, directory)),
    ),
  ];
  return [...families, ...families.map(deprecated)];
}

interface Upstream {
  readonly series: InstanceSeries;
  readonly labels: { readonly service: string; readonly upstream: string };
}

const upstreamOf =
  (service: string) =>
  (series: InstanceSeries): Upstream => ({ series, labels: { service, upstream: series.id } });

// Avoids object spread: followed by another member, it is many times slower on Node 20.
function byClass({ series: { statuses }, labels: { service, upstream } }: Upstream): LabelledValue[] {
  const classes = new Map<string, number>();
  for (const [status, count] of statuses.entries()) {
    const name = status === 0 ? 'none' : `${Math.floor(status / 100)}xx`;
    classes.set(name, (classes.get(name) ?? 0) + count);
  }
  return Array.from(classes, ([code, count]) => [{ service, upstream, code }, count]);
}

const byFailure = ({ series, labels: { service, upstream } }: Upstream): LabelledValue[] =>
  Array.from(series.failures.entries(), ([kind, count]) => [{ service, upstream, kind }, count]);

const durationSamples = ({ series: { latency }, labels }: Upstream): MetricSample[] => [
  { suffix: '_sum', labels, value: latency.sumMs / 1000 },
  { suffix: '_count', labels, value: latency.count },
];

const inFlight = (service: string, directory: InstanceDirectory): LabelledValue[] =>
  Array.from(directory.loadsOf(service) ?? [], ([upstream, count]) => [{ service, upstream }, count]);

/**
 * The family under its earlier name and labels. Prometheus sets the label `instance` itself and stores an exposed one
 * as `exported_instance`.
 */
function deprecated({ name, help, type, samples }: MetricFamily): MetricFamily {
  const successor = type === 'counter' ? `${name}_total` : name;
  return {
    name: name.replace('gateway_upstream_', 'gateway_instance_'),
    help: `Deprecated: use ${successor}. ${help}`,
    type,
    samples: samples.map(({ suffix, labels, value }) => ({
      suffix,
      labels: deprecatedLabels(labels),
      value,
    })),
  };
}

const DEPRECATED_LABELS: Readonly<Record<string, string>> = { upstream: 'instance', code: 'class' };

function deprecatedLabels(labels: MetricLabels): MetricLabels {
  const renamed: Record<string, string | number> = {};
  for (const name in labels) renamed[DEPRECATED_LABELS[name] ?? name] = labels[name] ?? '';
  return renamed;
}
