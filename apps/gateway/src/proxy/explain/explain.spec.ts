import { policyOf } from '../../policy/policy-of-metadata.js';
import { compileRoute } from '../routing/compile-route.js';
import { RouteTable } from '../routing/route-table.js';
import { Router } from '../routing/router.js';
import { FakeExchange } from '../testing/fake-exchange.js';
import { instanceOf, setInstances, tableOf } from '../testing/instances.js';
import { DEFAULT_POLICY } from '../../policy/policy.js';
import { Explainer } from './explain.js';

const noError = (error: unknown): never => {
  throw error;
};

describe('Explainer', () => {
  const services = tableOf(
    instanceOf({ id: 'a' }),
    instanceOf({ id: 'b', status: 'down', statusReason: 'its lease ran out', expiredAt: 1 }),
    instanceOf({ id: 'c', weight: 0 }),
    instanceOf({ id: 'd', name: 'orders', status: 'draining', statusReason: 'drain requested' }),
  );
  const explainer = new Explainer(
    new Router(
      new RouteTable(services, (service, declaration) => compileRoute(service, policyOf(declaration).policy)),
    ),
    services,
  );

  it('lists the route, the candidates, and the reasons for exclusion', async () => {
    expect(await explainer.explain('GET', '/api/users/1?x')).toMatchObject({
      route: { service: 'users', prefix: '/api/users', balancer: 'power-of-two', breaker: 'closed' },
      upstreamPath: '/1?x',
      candidates: [{ id: 'a', transport: 'http', inFlight: 0 }],
      excluded: [
        { id: 'b', status: 'down', reason: 'its lease ran out' },
        { id: 'c', status: 'up', reason: 'weight is 0' },
      ],
      attempts: [{ instance: 'a', after: [] }],
      problem: null,
    });
  });

  it.each(['CONNECT', 'FETCH', 'get'])('refuses the method %s, as the proxy does', async (method) => {
    expect(await explainer.explain(method, '/api/users/1')).toMatchObject({
      route: null,
      candidates: [],
      attempts: [],
      problem: { type: 'urn:msa-gateway:problem:method-not-supported', status: 501 },
    });
  });

  it('lists the next attempts and the conditions for each', async () => {
    const two = tableOf(instanceOf({ id: 'a' }), instanceOf({ id: 'b' }));
    const routes = new RouteTable(two, (service) => compileRoute(service));
    const attemptsOf = async (method: string) =>
      (await new Explainer(new Router(routes), two).explain(method, '/api/users')).attempts;
    const get = await attemptsOf('GET');
    expect((await attemptsOf('POST')).map(({ after }) => after)).toEqual([[], ['connect-failure']]);
    expect(get[1]!.after).toEqual(['connect-failure', 'reset', 'gateway-error']);
    expect(new Set(get.map(({ instance }) => instance))).toEqual(new Set(['a', 'b']));
  });

  it('reports the delay of a hedged attempt', async () => {
    const hedgeOf = async (declaration: string) => {
      const routes = new RouteTable(services, (service) =>
        compileRoute(service, policyOf(declaration).policy),
      );
      const { route } = await new Explainer(new Router(routes), services).explain('GET', '/api/users');
      return [route?.policy.hedging, route?.hedgeAfterMs];
    };
    expect(await hedgeOf('')).toEqual([{ after: 'off' }, null]);
    expect(await hedgeOf('[["gateway.hedge.after","40"]]')).toEqual([{ after: 40 }, 40]);
    // No response times are known yet.
    expect(await hedgeOf('[["gateway.hedge.after","p95"]]')).toEqual([{ after: 'p95' }, null]);
  });

  it('reports that the breaker is open', async () => {
    const compiled = compileRoute('users');
    const routes = new RouteTable(services, () => compiled);
    for (let i = 0; i < 20; i += 1) compiled.breaker?.record({}, true, performance.now());
    const { route, problem } = await new Explainer(new Router(routes), services).explain('GET', '/api/users');
    expect([route?.breaker, problem?.status]).toEqual(['open', 503]);
  });

  it('reports no problem once the breaker would admit a trial, and one while the trial is running', async () => {
    const compiled = compileRoute('users');
    const { breaker } = compiled;
    const routes = new RouteTable(services, () => compiled);
    const problemNow = async () =>
      (await new Explainer(new Router(routes), services).explain('GET', '/api/users')).problem?.status;
    for (let i = 0; i < 20; i += 1) breaker!.record({}, true, performance.now() - 1_500);
    expect(await problemNow()).toBeUndefined();
    breaker!.admits({}, performance.now());
    expect(await problemNow()).toBe(503);
  });

  it('reports what the stages of the route would decide, such as a refusal by the concurrency limit', async () => {
    const { policy } = policyOf(
      '[["gateway.concurrency.per-service","1"],["gateway.concurrency.queue","0"]]',
    );
    const compiled = compileRoute('users', policy);
    const one = new Explainer(new Router(new RouteTable(services, () => compiled)), services);
    const before = await one.explain('GET', '/api/users');
    expect(before.problem).toBeNull();
    expect(before.decisions).toMatchObject([
      { stage: 'circuit-breaker', decision: 'continue', detail: 'the circuit breaker is closed' },
      { stage: 'concurrency-limit', decision: 'continue' },
    ]);
    for (const stage of compiled.phases.request) void stage.request(new FakeExchange());
    const after = await one.explain('GET', '/api/users');
    expect(after.decisions[1]).toEqual({
      stage: 'concurrency-limit',
      decision: 'respond',
      detail: '1 of at most 1 requests are in flight, 0 wait',
    });
    expect([after.problem?.status, after.problem?.title]).toEqual([503, 'Concurrency limit reached']);
  });

  it('reports no problem for a request that would wait for an instance with room', async () => {
    const { policy } = policyOf(
      '[["gateway.concurrency.per-instance","1"],["gateway.concurrency.queue","5"]]',
    );
    const one = tableOf(instanceOf({ id: 'a' }));
    const around = { availableOf: () => one.current.get('users')!.available, onStageError: noError };
    const compiled = compileRoute('users', policy, around);
    for (const stage of compiled.phases.request) void stage.request(new FakeExchange());
    one.current.get('users')!.instances[0]!.load.inFlight = 1;
    const explained = await new Explainer(new Router(new RouteTable(one, () => compiled)), one).explain(
      'GET',
      '/api/users',
    );
    expect([explained.decisions.at(-1)!.decision, explained.problem]).toEqual(['wait', null]);
  });

  it('takes header fields into account, such as the key of a consistent hash', async () => {
    const many = tableOf(...['a', 'b', 'c', 'd', 'e'].map((id) => instanceOf({ id })));
    const declared = '[["gateway.balancer","consistent-hash"],["gateway.hash-on","header:x-user"]]';
    const compiled = compileRoute('users', policyOf(declared).policy);
    const one = new Explainer(new Router(new RouteTable(many, () => compiled)), many);
    const firstFor = async (user: string) =>
      (await one.explain('GET', '/api/users', [`X-User: ${user}`])).attempts[0]!.instance;
    const users = Array.from({ length: 20 }, (_, i) => `user-${i}`);
    const firsts = await Promise.all(users.map(firstFor));
    expect(await Promise.all(users.map(firstFor))).toEqual(firsts);
    expect(new Set(firsts).size).toBeGreaterThan(2);
  });

  it('draws the next attempts like the route: in its zone, and without full instances', async () => {
    const zoned = tableOf(
      instanceOf({ id: 'near', metadata: { zone: 'a' } }),
      instanceOf({ id: 'far' }),
      instanceOf({ id: 'full' }),
    );
    const limited = policyOf('[["gateway.concurrency.per-instance","1"]]').policy;
    const routes = new RouteTable(zoned, (service) =>
      compileRoute(service, limited, { zone: 'a', onStageError: noError }),
    );
    zoned.current.get('users')!.instances[2]!.load.inFlight = 1;
    const reported = await new Explainer(new Router(routes), zoned).explain('GET', '/api/users');
    expect(reported.attempts.map(({ instance }) => instance)).toEqual(['near', 'far']);
    expect(reported.candidates.map(({ id }) => id)).toEqual(['near', 'far']);
    expect(reported.excluded).toMatchObject([
      { id: 'full', status: 'up', reason: expect.stringContaining('(1, gateway.concurrency.per-instance)') },
    ]);
  });

  it('names the version that gets a request, its instances, and why others do not', async () => {
    const [v1, v2] = ['1.0.0', '2.0.0'].map((version) => instanceOf({ id: `v${version}`, version }));
    const services = tableOf(v1!, v2!, instanceOf({ id: 'v3', version: '3.0.0' }));
    const versions = [v1!, v2!].map(({ version }) => ({ version, weight: 50 }));
    const policy = { ...DEFAULT_POLICY, traffic: { versions, cohort: { from: 'cookie' as const } } };
    const availableOf = (service: string) => services.current.get(service)?.available ?? [];
    const routes = new RouteTable(services, (service) =>
      compileRoute(service, policy, { availableOf, onStageError: noError }),
    );
    const versioned = new Explainer(new Router(routes), services);
    const cookie = `cookie: cohort-users=${'x'.repeat(22)}`;
    const { version, ...known } = await versioned.explain('GET', '/api/users', [cookie]);
    expect(known.candidates).toMatchObject([{ id: `v${version}`, version }]);
    expect(known.excluded.map(({ reason }) => reason)).toEqual(
      Array(2).fill('another version gets the request'),
    );
    expect(known.decisions[0]).toMatchObject({
      stage: 'version',
      detail: `version ${version} (weight 50 of 100) by cookie cohort-users`,
    });
    // A new client: either of the listed versions.
    const unknown = await versioned.explain('GET', '/api/users');
    expect([unknown.version, unknown.candidates.map(({ id }) => id)]).toEqual([null, ['v1.0.0', 'v2.0.0']]);
    setInstances(services, [instanceOf({ id: 'v3', version: '3.0.0' })]);
    expect((await versioned.explain('GET', '/api/users', [cookie])).problem).toMatchObject({
      status: 503,
      detail: 'no instance of a version of the route is available',
    });
  });

  it('reports the problem that a request would get', async () => {
    const problemAt = async (path: string) =>
      (await explainer.explain('GET', path)).problem?.type.split(':').at(-1);
    expect(await problemAt('/api/orders')).toBe('no-healthy-instance');
    expect(await problemAt('/api/unknown')).toBe('unknown-service');
    expect(await problemAt('/api/users/../x')).toBe('path-escapes-service');
    expect(await problemAt('/health')).toBe('not-proxied');
  });
});
