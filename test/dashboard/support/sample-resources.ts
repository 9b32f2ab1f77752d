import type { Caller, DiscoveryEvent, Refusal, RegistryAt, Timeline } from '#contracts';
import { SAMPLE_TIME } from './sample-state.js';

const before = (seconds: number): string => new Date(SAMPLE_TIME - seconds * 1000).toISOString();

export const sampleEvent = (id: number): DiscoveryEvent => ({
  id,
  type: 'status-changed',
  at: before(-id),
  service: 'order-service',
  instanceId: `order-service-${id % 3}`,
  status: id % 2 === 0 ? 'up' : 'down',
  reason: `Health check ${id}`,
});

const refusal = (seconds: number): Refusal => ({
  at: before(seconds),
  requestId: `request-${seconds}`,
  method: 'POST',
  target: '/api/order-service/orders',
  client: '192.0.2.7',
  consumer: null,
  service: 'order-service',
  route: 'writes',
  status: 401,
  problem: 'unauthorized',
  refusal: 'no credentials',
});

const CALLERS: readonly Caller[] = [
  { service: 'order-service', kind: 'consumer', name: 'acme', share: 0.75, lastAt: before(2) },
  { service: 'order-service', kind: 'user-agent', name: 'curl', share: 0.25, lastAt: before(40) },
];

const POLICIES = {
  source: 'gateway.yaml',
  lastError: null,
  providers: [],
  routes: [
    {
      name: null,
      service: 'user-service',
      match: { service: 'user-service' },
      policy: { mirror: { to: { version: '2.0.0' }, percent: 20, compare: true }, auth: 'none' },
      sources: { mirror: 'services.user-service', auth: 'built-in' },
    },
  ],
};

const MIRRORS = {
  mirrors: [
    {
      service: 'user-service',
      route: null,
      to: { version: '2.0.0' },
      percent: 20,
      requests: { completed: 240, failed: 2 },
      comparisons: { compared: 240, equal: 228, noiseOnly: 0, different: 12, skipped: 2 },
      differences: [
        {
          path: '$.name',
          different: 12,
          noise: 0,
          isNoise: false,
          sample: { present: 'text', mirror: 'null' },
        },
        {
          path: '$.at',
          different: 240,
          noise: 240,
          isNoise: true,
          sample: { present: 'text', mirror: 'text' },
        },
      ],
    },
  ],
};

const CONTRACTS = [
  {
    service: 'order-service',
    accepted: { version: '1.3.2', at: before(86_400) },
    watchedSince: before(7200),
    versions: [
      {
        ...{ version: '1.3.2', status: 'accepted', reason: null, seenAt: before(86_400) },
        ...{ decision: 'none', changes: [] },
      },
      {
        ...{ version: '1.4.0', status: 'breaking', reason: null, seenAt: before(95), decision: 'report' },
        changes: [
          {
            ...{ kind: 'operation-removed', operation: 'GET /orders/{id}', at: '', detail: 'not documented' },
            ...{ calledInLast24h: true, lastCalledAt: before(4) },
          },
          {
            ...{
              kind: 'input-required',
              operation: 'POST /orders',
              at: 'body /currency',
              detail: 'required',
            },
            ...{ calledInLast24h: null, lastCalledAt: null },
          },
        ],
      },
    ],
  },
];

const REGISTRY: RegistryAt = {
  at: before(0),
  oldest: before(3600),
  newest: before(60),
  revision: 'a1b2c3',
  instances: [],
};

const TIMELINE: Timeline = {
  oldest: before(3600),
  newest: before(60),
  changes: [
    {
      ...{ at: before(60), kind: 'registry', type: 'registered', reason: 'registered' },
      ...{ service: 'order-service', instanceId: 'order-service-1' },
    },
  ],
};

const EXPLANATION = {
  method: 'GET',
  path: '/api/order-service/orders',
  route: { name: null, service: 'order-service', balancer: 'power-of-two', breaker: null, inFlight: 0 },
  upstreamPath: '/orders',
  ...{ decisions: [], version: null, candidates: [], excluded: [], attempts: [], problem: null, reply: null },
};

/** What the gateway responds to requests of the views, by path. */
export const sampleResources = (): ReadonlyMap<string, object> =>
  new Map<string, object>([
    ['/policies', POLICIES],
    ['/policies/mirror', MIRRORS],
    ['/policies/refusals', [refusal(3), refusal(8)]],
    ['/discovery/contracts', CONTRACTS],
    ['/dashboard/callers', CALLERS],
    ['/discovery/events', [sampleEvent(1), sampleEvent(2)]],
    ['/discovery/timeline', TIMELINE],
    ['/discovery/at', REGISTRY],
    ['/discovery/explain', EXPLANATION],
  ]);
