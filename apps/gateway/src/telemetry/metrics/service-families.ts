import {
  counterFamily,
  gaugeFamily,
  type LabelledValue,
  type MetricFamily,
  type MetricSample,
} from '#service-kit';
import { BOUNDS_MS, type Exemplar } from './latency-histogram.js';
import { BREAKER_STATES, codeOf, type CacheSeries, type ServiceSeries } from './series.js';
import type { Tally } from './tally.js';
import type { TrafficMetrics } from './traffic-metrics.js';

/** Metrics of proxied traffic by service, and of requests that matched no route. */
export function serviceFamilies({ services, rejections }: TrafficMetrics): MetricFamily[] {
  const single = (value: (service: ServiceSeries) => number | undefined): LabelledValue[] =>
    services.flatMap((each) => withService(each, value(each)));
  const tallied = (label: string, tally: (service: ServiceSeries) => Tally<string>): LabelledValue[] =>
    services.flatMap((each) => withLabel(each.name, label, tally(each).entries()));
  const cached = (values: (cache: CacheSeries, labels: Labels) => LabelledValue[]): LabelledValue[] =>
    services.flatMap(({ name, caches }) =>
      [...caches.values()].flatMap((each) => values(each, { service: name, route: each.route })),
    );
  return [
    counterFamily(
      'gateway_requests',
      'Exchanges that ended, by status code of the response.',
      services.flatMap(byCode),
    ),
    {
      name: 'gateway_request_duration_seconds',
      help: 'Time from request to end of response, without tunnels.',
      type: 'histogram',
      samples: services.flatMap(durationSamples),
    },
    counterFamily(
      'gateway_problems',
      'Problems that the gateway itself responded with; empty service: no route matched.',
      [...tallied('problem', (each) => each.problems), ...withLabel('', 'problem', rejections.entries())],
    ),
    counterFamily(
      'gateway_endings',
      'How exchanges ended: completed, client-left or broken.',
      tallied('ending', (each) => each.endings),
    ),
    counterFamily(
      'gateway_retries',
      'Attempts after the first, without hedged attempts.',
      single((each) => each.retries),
    ),
    counterFamily(
      'gateway_hedges',
      'Hedged attempts, by outcome: won, lost, replaced, failed or cancelled.',
      tallied('outcome', (each) => each.hedges),
    ),
    counterFamily(
      'gateway_response_bytes',
      'Body bytes sent to clients.',
      single((each) => each.bytesSent),
    ),
    counterFamily(
      'gateway_policy_decisions',
      'Decisions of policies of the policy file: allowed, refused, or shadow (counted, not enforced); empty route: the service itself.',
      services.flatMap(decisions),
    ),
    counterFamily(
      'gateway_cache_requests',
      'Requests to routes with a cache, by what the cache did: hit, stale, revalidated, expired, miss or bypass; empty route: the service itself.',
      cached(({ requests }, labels) =>
        Array.from(requests.entries(), ([result, count]) => [{ ...labels, result }, count]),
      ),
    ),
    counterFamily(
      'gateway_cache_stored',
      'Responses that were stored.',
      cached(({ stored }, labels) => [[labels, stored]]),
    ),
    counterFamily(
      'gateway_cache_coalesced',
      'Requests that waited for an equal one instead of being forwarded.',
      cached(({ coalesced }, labels) => [[labels, coalesced]]),
    ),
    counterFamily(
      'gateway_mirror_requests',
      'Requests selected for a mirror, by what became of the copy: completed, failed, response-too-large, dropped, too-large or incomplete; empty route: the service itself.',
      services.flatMap(mirrored),
    ),
    gaugeFamily(
      'gateway_tunnels_open',
      'Open upgraded connections.',
      single((each) => each.tunnelsOpen),
    ),
    gaugeFamily(
      'gateway_concurrency_limit',
      'Adaptive concurrency limit of a service: requests allowed in flight; absent for services without one.',
      single((each) => each.concurrencyLimit),
    ),
    gaugeFamily(
      'gateway_breaker_state',
      'Circuit breaker of a service: 0 closed, 1 half-open (one trial request), 2 open; absent for services without one.',
      single(({ breaker }) => (breaker === undefined ? undefined : BREAKER_STATES.indexOf(breaker))),
    ),
  ];
}

type Labels = LabelledValue[0];

const withService = ({ name }: ServiceSeries, value: number | undefined): LabelledValue[] =>
  value === undefined ? [] : [[{ service: name }, value]];

const withLabel = (service: string, label: string, counts: Iterable<[string, number]>): LabelledValue[] =>
  Array.from(counts, ([value, count]) => [{ service, [label]: value }, count]);

const decisions = ({ name, policies }: ServiceSeries): LabelledValue[] =>
  [...policies.values()].flatMap(({ route, policy, allowed, shadow, refused }) => {
    const labels = { service: name, route, policy };
    return [
      [{ ...labels, decision: 'allowed', reason: '' }, allowed],
      ...(shadow > 0 ? [[{ ...labels, decision: 'shadow', reason: '' }, shadow] as LabelledValue] : []),
      ...Array.from(refused.entries(), ([reason, count]): LabelledValue => [
        { ...labels, decision: 'refused', reason },
        count,
      ]),
    ];
  });

const mirrored = ({ name, mirrors }: ServiceSeries): LabelledValue[] =>
  [...mirrors].flatMap(([route, results]) =>
    Array.from(results.entries(), ([result, count]): LabelledValue => [
      { service: name, route, result },
      count,
    ]),
  );

const byCode = ({ name, statuses }: ServiceSeries): LabelledValue[] =>
  Array.from(statuses.entries(), ([status, count]) => [{ service: name, code: codeOf(status) }, count]);

function durationSamples({
  name,
  latency: { counts, count, sumMs, exemplars },
}: ServiceSeries): MetricSample[] {
  const labels = { service: name };
  let cumulative = 0;
  const buckets = [...BOUNDS_MS, Infinity].map((bound, i): MetricSample => {
    cumulative += counts[i] ?? 0;
    const exemplar = exemplars?.[i];
    return {
      suffix: '_bucket',
      labels: { ...labels, le: bound / 1000 },
      value: cumulative,
      ...(exemplar && { exemplar: exemplarOf(exemplar) }),
    };
  });
  return [
    ...buckets,
    { suffix: '_sum', labels, value: sumMs / 1000 },
    { suffix: '_count', labels, value: count },
  ];
}

const exemplarOf = ({ traceId, ms, at }: Exemplar): MetricSample['exemplar'] & {} => ({
  labels: { trace_id: traceId },
  value: ms / 1000,
  at,
});
