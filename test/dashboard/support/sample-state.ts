import type {
  AttentionItem,
  AttentionKind,
  DashboardState,
  InstanceState,
  ServiceState,
  TrafficHistory,
  TrafficNow,
} from '#contracts';

/** The gateway's clock in samples. */
export const SAMPLE_TIME = Date.parse('2026-03-02T09:30:00.000Z');

const before = (seconds: number): string => new Date(SAMPLE_TIME - seconds * 1000).toISOString();

const TRAFFIC: TrafficNow = {
  requestsPerSecond: 42.5,
  errorRate: 0,
  p50Ms: 3.2,
  p95Ms: 11.8,
  p99Ms: 24.1,
  inFlight: 2,
};

export function sampleInstance(service: string, changes: Partial<InstanceState> = {}): InstanceState {
  return {
    ...TRAFFIC,
    service,
    url: 'http://10.0.4.11:3001',
    transport: 'http',
    version: '1.3.2',
    condition: 'ok',
    status: 'up',
    statusReason: 'Health check passed',
    isInRotation: true,
    weight: 100,
    share: 0.33,
    ttlSeconds: 15,
    lastHeartbeatAt: before(3),
    expiresAt: before(-12),
    lastProbe: { at: before(1), ok: true, latencyMs: 1.4 },
    certificateExpiresAt: null,
    ...changes,
  };
}

const sampleService = (total: number, changes: Partial<ServiceState> = {}): ServiceState => ({
  ...TRAFFIC,
  condition: 'ok',
  healthy: total,
  total,
  versions: ['1.3.2'],
  retriesPerSecond: 0,
  breaker: null,
  lastSeenAt: before(0),
  ...changes,
});

const attentionItem = (
  kind: AttentionKind,
  condition: AttentionItem['condition'],
  [service, subject = service]: readonly [service: string, subject?: string],
  reason: string,
  values: AttentionItem['values'] = {},
): Readonly<Record<string, AttentionItem>> => ({
  [`${kind} ${subject}`]: { kind, condition, subject, service, since: before(95), reason, values },
});

/** A gateway with nothing registered. */
export const emptyState = (): DashboardState => ({
  at: before(0),
  gateway: {
    name: 'msa-gateway',
    version: '0.1.0',
    environment: 'test',
    startedAt: before(7300),
    dataPlane: 'wire',
    store: 'memory',
    isRegistryUp: true,
    loopLagMs: 1.2,
    memoryBytes: 112_000_000,
    needsToken: false,
  },
  traffic: { requestsPerSecond: 0, errorRate: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, inFlight: 0 },
  policy: { revision: null, loadedAt: null, failedAt: null },
  services: {},
  instances: {},
  edges: {},
  routes: {},
  attention: {},
});

/** Three services without a problem, each with this number of instances. */
export function healthyState(instancesEach = 2): DashboardState {
  const names = ['order-service', 'product-service', 'user-service'];
  const numbers = Array.from({ length: instancesEach }, (_, index) => index + 1);
  const instances = names.flatMap((name) =>
    numbers.map((number) => [`${name}-${number}`, sampleInstance(name)] as const),
  );
  return {
    ...emptyState(),
    traffic: TRAFFIC,
    services: Object.fromEntries(names.map((name) => [name, sampleService(instancesEach)])),
    instances: Object.fromEntries(instances),
    edges: {
      'client gateway': {
        from: 'client',
        to: 'gateway',
        kind: 'client',
        requestsPerSecond: 42.5,
        errorRate: 0,
      },
      ...Object.fromEntries(
        names.map((to) => [
          `gateway ${to}`,
          { from: 'gateway', to, kind: 'proxied' as const, requestsPerSecond: 14.2, errorRate: 0 },
        ]),
      ),
      'order-service product-service': {
        from: 'order-service',
        to: 'product-service',
        kind: 'call',
        requestsPerSecond: 6.1,
        errorRate: 0,
      },
      'order-service postgresql': {
        from: 'order-service',
        to: 'postgresql',
        kind: 'store',
        requestsPerSecond: 30,
        errorRate: 0,
      },
    },
  };
}

/** The same with an instance that fails, one that is slow, one that is down and one that drains. */
export function troubledState(): DashboardState {
  const state = healthyState(3);
  return {
    ...state,
    traffic: { ...TRAFFIC, errorRate: 0.097, p99Ms: 1480 },
    services: {
      'order-service': sampleService(3, {
        condition: 'critical',
        errorRate: 0.28,
        retriesPerSecond: 4.4,
        breaker: 'closed',
        versions: ['1.3.2', '1.4.0'],
      }),
      'product-service': sampleService(3, { condition: 'warning', healthy: 2, p95Ms: 1200 }),
      'user-service': sampleService(3, { condition: 'warning', healthy: 2 }),
    },
    instances: {
      ...state.instances,
      'order-service-2': sampleInstance('order-service', {
        condition: 'critical',
        version: '1.4.0',
        errorRate: 0.87,
      }),
      'product-service-1': sampleInstance('product-service', {
        status: 'draining',
        statusReason: 'Drained by an operator',
        isInRotation: false,
        requestsPerSecond: 0,
        share: 0,
      }),
      'product-service-3': sampleInstance('product-service', {
        condition: 'warning',
        p95Ms: 1480,
        weight: 50,
      }),
      'user-service-1': sampleInstance('user-service', {
        condition: 'critical',
        status: 'down',
        statusReason: 'connect ECONNREFUSED 10.0.4.16:3007',
        isInRotation: false,
        requestsPerSecond: 0,
        share: 0,
        lastHeartbeatAt: before(18),
        lastProbe: { at: before(1), ok: false, latencyMs: 0 },
      }),
    },
    attention: {
      ...attentionItem(
        'instance-failing',
        'critical',
        ['order-service', 'order-service-2'],
        '358 of 412 requests failed (87%), most of them with 500',
        { errors: 358, requests: 412, errorRate: 0.869, status: 500 },
      ),
      ...attentionItem(
        'instance-slow',
        'warning',
        ['product-service', 'product-service-3'],
        '31 of 120 responses took longer than 1000 ms',
        { p95Ms: 1480, slow: 31, requests: 120 },
      ),
      ...attentionItem(
        'instance-down',
        'warning',
        ['user-service', 'user-service-1'],
        'connect ECONNREFUSED 10.0.4.16:3007',
      ),
    },
  };
}

/** The same with a fault that is injected, a version that breaks its contract, and a mirror that differs. */
export function changingState(): DashboardState {
  const state = healthyState();
  return {
    ...state,
    policy: { revision: 'a1b2c3', loadedAt: before(600), failedAt: null },
    instances: {
      ...state.instances,
      'order-service-2': sampleInstance('order-service', { condition: 'warning', version: '1.4.0' }),
      'product-service-1': sampleInstance('product-service', { condition: 'warning' }),
    },
    attention: {
      ...attentionItem(
        'instance-fault',
        'warning',
        ['product-service', 'product-service-1'],
        'a fault is injected: its responses are late, until 2026-03-02T09:31:00.000Z',
        { fault: 'slow', endsAt: before(-60) },
      ),
      ...attentionItem(
        'contract-broken',
        'warning',
        ['order-service'],
        'version 1.4.0 breaks the accepted document of 1.3.2',
        { version: '1.4.0' },
      ),
      ...attentionItem('mirror-differs', 'warning', ['user-service'], '12 of 240 compared responses differ', {
        different: 12,
        compared: 240,
      }),
    },
  };
}

/** A course of one-second points up to the sample's time. */
export function sampleHistory(points = 900): TrafficHistory {
  const wave = (base: number, height: number): readonly number[] =>
    Array.from({ length: points }, (_, index) => base + height * Math.sin(index / 60));
  return {
    stepSeconds: 1,
    at: Array.from({ length: points }, (_, index) => SAMPLE_TIME / 1000 - points + 1 + index),
    requestsPerSecond: wave(40, 12),
    errorRate: wave(0.01, 0.01),
    p50Ms: wave(3, 0.5),
    p95Ms: wave(12, 2),
    p99Ms: wave(25, 6),
    inFlight: wave(4, 2),
    loopLagMs: wave(1.2, 0.3),
    memoryBytes: wave(112e6, 4e6),
  };
}
