import type { InstanceDirectory } from '../instance-directory.js';
import { BOUNDS_MS, type LatencyHistogram } from '../latency-histogram.js';
import { BREAKER_STANDINGS, type InstanceSeries, type ServiceSeries } from '../series.js';
import type { TrafficMetrics } from '../traffic-metrics.js';
import { family, type Labels, type MetricFamily, type Sample } from './family.js';
import { renderNumber } from './render.js';

type Pair = readonly [Labels, number];

/** All metrics of proxied traffic. */
export function trafficFamilies(traffic: TrafficMetrics, directory: InstanceDirectory): MetricFamily[] {
  const { services } = traffic;
  return [...serviceFamilies(traffic, services), ...instanceFamilies(services, directory)];
}

/** `none` is the status of an exchange whose client disconnected before there was a response. */
const codeOf = (status: number): string => (status === 0 ? 'none' : String(status));

function serviceFamilies(traffic: TrafficMetrics, services: readonly ServiceSeries[]): MetricFamily[] {
  const of = (pairs: (service: ServiceSeries) => Iterable<Pair>): Pair[] =>
    services.flatMap((each) => [...pairs(each)]);
  const single = (value: (service: ServiceSeries) => number): Pair[] =>
    services.map((each) => [{ service: each.name }, value(each)]);
  return [
    family(
      'counter',
      'gateway_requests',
      'Exchanges that ended, by status code of the response.',
      of(byStatus),
    ),
    histogram(
      'gateway_request_duration_seconds',
      'Time from request to end of response, without tunnels.',
      services,
    ),
    family(
      'counter',
      'gateway_problems',
      'Problems that the gateway itself responded with; empty service: no route matched.',
      [
        ...of(byProblem),
        ...Array.from(traffic.rejections.entries(), ([problem, n]): Pair => [{ service: '', problem }, n]),
      ],
    ),
    family(
      'counter',
      'gateway_endings',
      'How exchanges ended: completed, client-left or broken.',
      of(byEnding),
    ),
    family(
      'counter',
      'gateway_retries',
      'Attempts after the first, without hedged attempts.',
      single((each) => each.retries),
    ),
    family(
      'counter',
      'gateway_hedges',
      'Hedged attempts, by outcome: won, lost, replaced, failed or cancelled.',
      of(byHedge),
    ),
    family(
      'counter',
      'gateway_response_bytes',
      'Body bytes sent to clients.',
      single((each) => each.bytesSent),
    ),
    family(
      'gauge',
      'gateway_tunnels_open',
      'Open upgraded connections.',
      single((each) => each.tunnelsOpen),
    ),
    family(
      'gauge',
      'gateway_concurrency_limit',
      'Adaptive concurrency limit of a service: requests allowed in flight; absent for services without one.',
      of(({ name, concurrencyLimit: limit }) => (limit === undefined ? [] : [[{ service: name }, limit]])),
    ),
    family(
      'gauge',
      'gateway_breaker_state',
      'Circuit breaker of a service: 0 closed, 1 half-open (one trial request), 2 open; absent for services without one.',
      of(({ name, breaker }) =>
        breaker === undefined ? [] : [[{ service: name }, BREAKER_STANDINGS.indexOf(breaker)]],
      ),
    ),
  ];
}

const byStatus = ({ name, statuses }: ServiceSeries): Iterable<Pair> =>
  Array.from(statuses.entries(), ([status, n]) => [{ service: name, code: codeOf(status) }, n]);
const byProblem = ({ name, problems }: ServiceSeries): Iterable<Pair> =>
  Array.from(problems.entries(), ([problem, n]) => [{ service: name, problem }, n]);
const byEnding = ({ name, endings }: ServiceSeries): Iterable<Pair> =>
  Array.from(endings.entries(), ([ending, n]) => [{ service: name, ending }, n]);
const byHedge = ({ name, hedges }: ServiceSeries): Iterable<Pair> =>
  Array.from(hedges.entries(), ([outcome, n]) => [{ service: name, outcome }, n]);

function histogram(name: string, help: string, services: readonly ServiceSeries[]): MetricFamily {
  const samples = services.flatMap((each) => histogramSamples({ service: each.name }, each.latency));
  return { name, help, type: 'histogram', samples };
}

function histogramSamples(labels: Labels, latency: LatencyHistogram): Sample[] {
  let below = 0;
  const buckets = [...BOUNDS_MS, Infinity].map((bound, i): Sample => {
    below += latency.counts[i] ?? 0;
    return { suffix: '_bucket', labels: { ...labels, le: renderNumber(bound / 1000) }, value: below };
  });
  return [...buckets, ...totals(labels, latency)];
}

const totals = (labels: Labels, { sumMs, count }: LatencyHistogram): Sample[] => [
  { suffix: '_sum', labels, value: sumMs / 1000 },
  { suffix: '_count', labels, value: count },
];

interface UpstreamLabels {
  readonly service: string;
  readonly upstream: string;
}

// Buckets per instance would be hundreds of thousands of lines for a large fleet; `/metrics` as JSON has percentiles.
function instanceFamilies(services: readonly ServiceSeries[], directory: InstanceDirectory): MetricFamily[] {
  const each = services.flatMap((service) =>
    [...service.instances.values()].map((series) => ({
      series,
      labels: { service: service.name, upstream: series.id },
    })),
  );
  const families = [
    family(
      'counter',
      'gateway_upstream_requests',
      'Exchanges that ended, by instance and class of status code.',
      each.flatMap(({ series, labels }) => byClass(series, labels)),
    ),
    {
      name: 'gateway_upstream_request_duration_seconds',
      help: 'Duration of exchanges by instance.',
      type: 'summary' as const,
      samples: each.flatMap(({ series, labels }) => totals(labels, series.latency)),
    },
    family(
      'counter',
      'gateway_upstream_failures',
      'Failed attempts by instance and kind.',
      each.flatMap(({ series, labels: { service, upstream } }) =>
        Array.from(series.failures.entries(), ([kind, n]): Pair => [{ service, upstream, kind }, n]),
      ),
    ),
    family(
      'gauge',
      'gateway_upstream_requests_in_flight',
      'Requests in flight by instance.',
      inFlight(services, directory),
    ),
  ];
  return [...families, ...families.map(deprecated)];
}

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

const DEPRECATED_LABELS: Labels = { upstream: 'instance', code: 'class' };

function deprecatedLabels(labels: Labels): Labels {
  const renamed: Record<string, string> = {};
  for (const name in labels) renamed[DEPRECATED_LABELS[name] ?? name] = labels[name] ?? '';
  return renamed;
}

// Avoids object spread: followed by another member, it is many times slower on Node 20.
function byClass({ statuses }: InstanceSeries, { service, upstream }: UpstreamLabels): Pair[] {
  const classes = new Map<string, number>();
  for (const [status, n] of statuses.entries()) {
    const name = status === 0 ? 'none' : `${Math.floor(status / 100)}xx`;
    classes.set(name, (classes.get(name) ?? 0) + n);
  }
  return Array.from(classes, ([name, n]) => [{ service, upstream, code: name }, n]);
}

const inFlight = (services: readonly ServiceSeries[], directory: InstanceDirectory): Pair[] =>
  services.flatMap(({ name }) =>
    Array.from(directory.loadsOf(name) ?? [], ([upstream, n]): Pair => [{ service: name, upstream }, n]),
  );
