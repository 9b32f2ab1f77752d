import { LOOK_BACK_SECONDS, SamplerHarness } from '../testing/sampler-harness.js';

const DAY_MS = 24 * 3_600_000;

describe('DashboardSampler', () => {
  let harness: SamplerHarness;
  beforeEach(async () => {
    harness = new SamplerHarness();
    await harness.register('a');
    await harness.pass();
  });

  it('describes a system that works', async () => {
    harness.requests(20, 'a', { durationMs: 8 });
    await harness.pass(10);
    const { services, instances, edges, routes, traffic, gateway } = harness.state;
    expect(harness.attention).toEqual([]);
    expect(services.users).toMatchObject({ condition: 'ok', healthy: 1, total: 1, requestsPerSecond: 2 });
    expect(instances.a).toMatchObject({
      service: 'users',
      condition: 'ok',
      isInRotation: true,
      share: 1,
      ttlSeconds: 3600,
    });
    expect(edges['gateway users']).toMatchObject({ kind: 'proxied', requestsPerSecond: 2, errorRate: 0 });
    expect(traffic).toMatchObject({ requestsPerSecond: 2, errorRate: 0 });
    expect(routes['users ']).toMatchObject({ service: 'users', route: null });
    expect(gateway).toMatchObject({ isRegistryUp: true, loopLagMs: 0, memoryBytes: 1000 });
  });

  it('divides among the instances only the requests that they received', async () => {
    harness.requests(6, 'a');
    harness.unreached(4);
    await harness.pass();
    expect(harness.state.instances.a?.share).toBe(1);
    await harness.register('b');
    harness.requests(2, 'b');
    await harness.pass();
    const { a, b } = harness.state.instances;
    expect([a?.share, b?.share]).toEqual([0.75, 0.25]);
  });

  it('reports a service whose requests fail, all as critical', async () => {
    harness.requests(60, 'a', { status: 500 });
    await harness.pass();
    expect(harness.item('service-failing users')).toMatchObject({
      condition: 'critical',
      values: { errorRate: 1, errors: 60, requests: 60 },
    });
    expect(harness.state.services.users?.condition).toBe('critical');
    expect(harness.state.instances.a?.condition).toBe('critical');
  });

  it('reports 28 % of errors, but neither 4 % nor one of a few requests', async () => {
    harness.requests(72, 'a');
    harness.requests(28, 'a', { status: 503 });
    await harness.pass();
    expect(harness.item('service-failing users')).toMatchObject({
      condition: 'warning',
      values: { errorRate: 0.28 },
    });
    await harness.pass(LOOK_BACK_SECONDS + 45);
    expect(harness.attention).toEqual([]);
    harness.requests(96, 'a');
    harness.requests(4, 'a', { status: 503 });
    await harness.pass();
    expect(harness.attention).toEqual([]);
    await harness.pass(11);
    harness.requests(8, 'a');
    harness.requests(1, 'a', { status: 500 });
    await harness.pass();
    expect(harness.attention).toEqual([]);
  });

  it('reports responses of 1.5 s to a single caller within ten seconds', async () => {
    for (let i = 0; i < 6; i += 1) {
      harness.requests(1, 'a', { durationMs: 1500 });
      await harness.pass(i % 2 === 0 ? 1 : 2);
    }
    expect(harness.attention).toEqual(['service-slow users']);
    expect(Number(harness.item('service-slow users')?.values.p95Ms)).toBeGreaterThanOrEqual(1000);
  });

  it('names the instance that fails among those that work', async () => {
    await harness.register('b');
    harness.requests(200, 'a');
    harness.requests(20, 'b', { ending: 'broken', status: 200 });
    await harness.pass();
    expect(harness.attention).toEqual(['instance-failing b', 'service-failing users']);
    const { instances, services } = harness.state;
    expect([instances.a?.condition, instances.b?.condition]).toEqual(['ok', 'critical']);
    expect(services.users?.condition).toBe('warning');
  });

  it('tells the status of most failed requests, as long as they are in the window', async () => {
    harness.requests(8, 'a', { status: 500 });
    harness.requests(4, 'a', { status: 502 });
    await harness.pass();
    const item = harness.item('service-failing users');
    expect(item?.reason).toBe('12 of 12 requests failed (100%), most of them with 500; at a');
    expect(item?.values.status).toBe(500);
    await harness.pass(12);
    harness.requests(12, 'a', { status: 504 });
    await harness.pass();
    expect(harness.item('service-failing users')?.values.status).toBe(504);
  });

  it('reports a version that breaks the contract of its service, until it does not', async () => {
    const seenAt = Date.parse('2026-01-01T00:00:00Z');
    harness.brokenContracts = [
      { service: 'users', version: '2.0.0', summary: 'version 2.0.0 breaks', seenAt },
    ];
    await harness.pass();
    expect(harness.item('contract-broken users')).toMatchObject({
      reason: 'version 2.0.0 breaks',
      since: '2026-01-01T00:00:00.000Z',
    });
    harness.brokenContracts = [];
    await harness.pass();
    expect(harness.attention).toEqual([]);
  });

  it('reports a fault that is injected for as long as it lasts', async () => {
    const endsAt = '2026-01-01T00:01:00.000Z';
    harness.faults = [{ instanceId: 'a', service: 'users', kind: 'hang', endsAt }];
    await harness.pass();
    expect(harness.item('instance-fault a')).toMatchObject({
      ...{ service: 'users', condition: 'warning', values: { fault: 'hang', endsAt } },
      reason: `a fault is injected: it accepts connections and stays silent, until ${endsAt}`,
    });
    expect(harness.state.instances.a?.condition).toBe('warning');
    harness.faults = [];
    await harness.pass();
    expect(harness.attention).toEqual([]);
  });

  it('takes in a change before the next sample, and leaves the traffic as it was sampled', async () => {
    harness.requests(4, 'a');
    await harness.pass();
    const { traffic } = harness.state;
    harness.requests(4, 'a');
    await harness.register('b');
    await harness.sampler.observe(harness.discovery.clock.now());
    expect(harness.state.instances.b).toMatchObject({ ttlSeconds: 3600 });
    expect(harness.state.traffic).toEqual(traffic);
  });

  it('names the instance that is slow among fast ones, and no instance of a slow service', async () => {
    await harness.register('b');
    harness.requests(100, 'a', { durationMs: 10 });
    harness.requests(10, 'b', { durationMs: 3000 });
    await harness.pass();
    expect(harness.attention).toEqual(['instance-slow b', 'service-slow users']);
    await harness.pass(LOOK_BACK_SECONDS + 45);
    harness.requests(10, 'a', { durationMs: 2900 });
    harness.requests(10, 'b', { durationMs: 3000 });
    await harness.pass();
    expect(harness.attention).toEqual(['service-slow users']);
  });

  it('reports an instance that expired, with the time, and a service without any other as down', async () => {
    await harness.register('b', { ttlSeconds: 3 });
    await harness.pass(5);
    expect(harness.attention).toEqual(['instance-down b']);
    expect(harness.item('instance-down b')?.reason).toContain('lease expired');
    await harness.discovery.registry.drain('a');
    await harness.pass();
    expect(harness.attention).toEqual(['service-down users']);
    expect(harness.item('service-down users')?.reason).toMatch(/^a: draining: .*; b: lease expired: /);
    expect(harness.state.services.users).toMatchObject({ condition: 'critical', healthy: 0, total: 2 });
    await harness.discovery.registry.resume('a');
    await harness.discovery.registry.unregister('b');
    await harness.pass();
    expect(harness.attention).toEqual([]);
  });

  it('reports a service that left only while requests ask for it', async () => {
    await harness.discovery.registry.unregister('a');
    await harness.pass();
    expect(harness.attention).toEqual([]);
    harness.requests(1, 'a', { status: 503 });
    await harness.pass();
    expect(harness.attention).toEqual(['service-down users']);
  });

  it('reports a lease that is about to expire, before it does', async () => {
    await harness.register('b', { ttlSeconds: 12 });
    await harness.pass(9);
    expect(harness.attention).toEqual([]);
    await harness.pass(1);
    expect(harness.attention).toEqual(['instance-expiring b']);
    await harness.discovery.registry.heartbeat('b', {});
    await harness.pass();
    expect(harness.attention).toEqual([]);
  });

  it('reports no lease while the registry is away: no heartbeat can be recorded, and none expires', async () => {
    await harness.register('b', { ttlSeconds: 12 });
    harness.unavailableSince = harness.discovery.clock.now();
    await harness.pass(10);
    expect(harness.attention).toEqual(['registry-away ']);
    harness.unavailableSince = undefined;
    await harness.pass(1);
    expect(harness.attention).toEqual(['instance-expiring b']);
  });

  it('tells an ejected instance from one that is gone', async () => {
    await Promise.all(['b', 'c'].map((id) => harness.register(id)));
    const { table, ejector } = harness.discovery;
    const instance = (id: string) => table.current.get('users')!.instances.find((each) => each.id === id)!;
    harness.discovery.check.passes = false;
    ejector.failing(instance('b'), '5 consecutive failures');
    await harness.pass();
    expect(harness.attention).toEqual(['instance-ejected b']);
    ejector.refused(instance('c'), 'connection refused');
    await harness.pass();
    expect(harness.attention).toContain('instance-down c');
    expect(harness.state.instances.c).toMatchObject({ condition: 'critical', isInRotation: false });
  });

  it('reports an open circuit breaker, also while it is on trial', async () => {
    const users = harness.traffic.service('users');
    for (const state of ['open', 'half-open'] as const) {
      users.breaker = state;
      await harness.pass();
      expect(harness.attention).toEqual(['breaker-open users']);
    }
    users.breaker = 'closed';
    await harness.pass();
    expect(harness.attention).toEqual([]);
  });

  it('reports certificates that expire soon', async () => {
    const now = harness.discovery.clock.now();
    const expiringIn = (days: number) => ({
      getPeerCertificate: () => ({ valid_to: new Date(now + days * DAY_MS).toUTCString() }) as never,
    });
    harness.certificates.record('http://127.0.0.1:9001', expiringIn(15));
    await harness.pass();
    expect(harness.attention).toEqual([]);
    expect(harness.state.instances.a?.certificateExpiresAt).toBe(new Date(now + 15 * DAY_MS).toISOString());
    harness.certificates.record('http://127.0.0.1:9001', expiringIn(13));
    await harness.pass();
    expect(harness.item('certificate-expiring a')).toMatchObject({ condition: 'warning', service: 'users' });
    harness.certificates.record('http://127.0.0.1:9001', expiringIn(1));
    await harness.pass();
    expect(harness.item('certificate-expiring a')).toMatchObject({ condition: 'critical' });
  });

  it('reports a registry that is away, with the time, and a provider without keys', async () => {
    harness.unavailableSince = Date.parse('2026-01-01T00:00:00Z');
    harness.providers = [
      {
        name: 'partners',
        kind: 'jwt',
        source: '',
        isAvailable: false,
        loadedAt: null,
        lastError: { at: '', problems: ['the key set cannot be fetched'] },
        keys: [],
      },
    ];
    await harness.pass();
    expect(harness.item('registry-away ')).toMatchObject({ since: '2026-01-01T00:00:00.000Z' });
    expect(harness.item('provider-unavailable partners')).toMatchObject({
      // The problems may name files: the stream is open to all readers.
      reason: 'its keys are not available; GET /policies says why',
    });
    expect(harness.state.gateway.isRegistryUp).toBe(false);
  });

  it('reports a busy event loop after five seconds, not a single pause', async () => {
    harness.lagMs = 900;
    await harness.pass();
    harness.lagMs = 0;
    await harness.pass();
    harness.lagMs = 250;
    await harness.pass(5);
    expect(harness.attention).toEqual([]);
    await harness.pass();
    expect(harness.attention).toEqual(['gateway-busy ']);
  });

  it('reports a backlog that does not shrink for half a minute', async () => {
    const report = (count: number) =>
      harness.discovery.registry.heartbeat('a', { backlog: { name: 'pending orders', count } });
    for (let i = 0; i <= 30; i += 1) {
      await report(6 + i);
      await harness.pass();
      if (i < 30) expect(harness.attention).toEqual([]);
    }
    expect(harness.item('backlog-growing users')).toMatchObject({
      values: { count: 36, before: 6, name: 'pending orders' },
    });
    await report(4);
    await harness.pass(31);
    expect(harness.attention).toEqual([]);
  });

  it('reports dead letters, and events that are not sent for more than a minute', async () => {
    const report = (oldestSeconds: number, deadLetters: number) =>
      harness.discovery.registry.heartbeat('a', { events: { waiting: 3, oldestSeconds, deadLetters } });
    await report(60, 0);
    await harness.pass();
    expect(harness.attention).toEqual([]);
    await report(61, 2);
    await harness.pass();
    expect(harness.item('dead-letters users')).toMatchObject({ condition: 'warning', values: { count: 2 } });
    expect(harness.item('events-waiting users')).toMatchObject({ values: { count: 3, oldestSeconds: 61 } });
    await report(0, 0);
    await harness.pass();
    expect(harness.attention).toEqual([]);
  });

  it('shows a bounded number of parts that a service calls', async () => {
    for (let round = 0; round < 8; round += 1) {
      const calls = Array.from({ length: 16 }, (_, i) => ({
        ...{ to: `part-${round}-${i}`, kind: 'call' as const, total: 1, failed: 0 },
      }));
      await harness.discovery.registry.heartbeat('a', { calls });
      await harness.pass();
    }
    const own = Object.values(harness.state.edges).filter(({ from }) => from === 'users');
    expect(own).toHaveLength(64);
  });

  it('turns the totals of heartbeats into edges with rates', async () => {
    const calls = (total: number, failed: number) => ({
      calls: [
        { to: 'orders', kind: 'call' as const, total, failed },
        { to: 'postgresql', kind: 'store' as const, total: total * 2, failed: 0 },
      ],
    });
    // An instance may have run for days before this gateway started.
    await harness.discovery.registry.heartbeat('a', calls(1_000_000, 0));
    await harness.pass(30);
    expect(harness.state.edges['users orders']).toMatchObject({ requestsPerSecond: 0 });
    await harness.discovery.registry.heartbeat('a', calls(1_000_060, 30));
    await harness.pass();
    expect(harness.state.edges).toMatchObject({
      'users orders': { from: 'users', to: 'orders', kind: 'call', requestsPerSecond: 2, errorRate: 0.5 },
      'users postgresql': { kind: 'store', requestsPerSecond: 4, errorRate: 0 },
    });
    // It has restarted.
    await harness.discovery.registry.heartbeat('a', calls(30, 0));
    await harness.pass(30);
    expect(harness.state.edges['users orders']).toMatchObject({ requestsPerSecond: 1, errorRate: 0 });
  });
});
