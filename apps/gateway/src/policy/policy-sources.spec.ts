import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from '#testing';
import { instanceOf, setInstances, tableOf } from '../proxy/testing/instances.js';
import { compileRoute, type CompiledRoute } from '../proxy/routing/compile-route.js';
import { RouteTable } from '../proxy/routing/route-table.js';
import { FILE_ONLY_MEMBERS } from './file-only-members.js';
import { LivePolicyFile } from './live-policy-file.js';
import { policyOf } from './policy-of-metadata.js';
import { PolicySources, servicesNoLongerStored } from './policy-sources.js';

describe('The sources of a policy', () => {
  const folder = tempDir('policies-');
  afterAll(() => folder.remove());
  const path = join(folder.path, 'gateway.yaml');
  const write = (...members: readonly string[]): void => {
    writeFileSync(`${path}.new`, ['version: 1', ...members].join('\n'));
    renameSync(`${path}.new`, path);
  };

  const services = tableOf(
    instanceOf({
      id: 'a',
      name: 'users',
      metadata: {
        'gateway.timeout.connect-ms': '100',
        'gateway.timeout.idle-ms': '200',
        'gateway.hedge.after': 'p90',
        'gateway.concurrency.queue': '7',
      },
    }),
    instanceOf({ id: 'b', name: 'orders' }),
  );
  const start = () => {
    const file = LivePolicyFile.load(path);
    const sources = new PolicySources(file);
    const routes = new RouteTable(
      services,
      (service, declaration) => compileRoute(service, policyOf(declaration).policy),
      sources,
    );
    return { file, sources, routes };
  };

  it('give a route one response of the gateway, that of the most specific level', () => {
    write(
      'defaults: { redirect: { path: /a } }',
      'services: { users: { respond: { status: 503 } }, orders: { limits: { requestBody: 1KiB } } }',
      'routes: [{ name: r, match: { service: users, path: { prefix: /r } }, redirect: { path: /b } }]',
    );
    const { sources } = start();
    const responding = (service: string) => {
      const plan = sources.planOf(service, services.current);
      return [plan?.base, ...(plan?.routes ?? [])].map((each) => [
        each?.members.respond?.status,
        each?.members.redirect?.path,
      ]);
    };
    expect(responding('users')).toEqual([
      [503, undefined],
      [undefined, '/b'],
    ]);
    expect(responding('orders')).toEqual([[undefined, '/a']]);
  });

  it('tell which services store responses, by any of their routes', () => {
    write(
      'defaults: { cache: { enabled: true } }',
      'services: { users: { cache: { enabled: false } }, orders: { cache: { enabled: false } } }',
      'routes: [{ name: r, match: { service: users, path: { prefix: /r } }, cache: { enabled: true } }]',
    );
    const { sources } = start();
    const storing = ['users', 'orders', 'others'].map((service) => sources.storesResponsesOf(service));
    expect(storing).toEqual([true, false, true]);
    expect(new PolicySources().storesResponsesOf('users')).toBe(false);
  });

  it('tell which services no longer store responses after a change', async () => {
    write('defaults: { cache: { enabled: true } }', 'services: { users: { cache: { enabled: true } } }');
    const { file } = start();
    const before = file.current;
    write('services: { users: { cache: { enabled: true } } }');
    await file.reload();
    const between = file.current;
    write('services: { users: { cache: { enabled: false } } }');
    await file.reload();
    expect(servicesNoLongerStored(before, between)).toEqual([undefined]);
    expect(servicesNoLongerStored(between, file.current)).toEqual(['users']);
    expect(servicesNoLongerStored(file.current, before)).toEqual([]);
  });

  it('may switch off a member that a less specific level declares', async () => {
    const declared = [
      'access: { deny: [10.0.0.1] }',
      'auth: { anyOf: [keys] }',
      'authorization: { anyOf: [{ scopes: [a] }] }',
      'rateLimits: [{ name: a, requests: 1, per: 1s, key: consumer }]',
      'limits: { requestBody: 1KiB }',
      'cors: { allowOrigins: ["*"] }',
      'requestHeaders: { set: { a: b } }',
      'responseHeaders: { set: { a: b } }',
      'securityHeaders: true',
      'rewrite: { path: { replacePrefix: / } }',
      'redirect: { path: / }',
      'cache: { enabled: true }',
      'traffic: { versions: [{ version: 1.0.0, weight: 1 }] }',
      'mirror: { to: { service: next } }',
    ];
    const names = Object.keys(FILE_ONLY_MEMBERS);
    const none = names.map((name) => `${name}: none`);
    const provider = 'authentication: { apiKey: { keys: { keysFile: none.yaml } } }';
    write(provider, `defaults: { ${declared.join(', ')} }`, `services: { users: { ${none.join(', ')} } }`);
    const { file, sources } = start();
    const [users, orders] = ['users', 'orders'].map((name) => sources.planOf(name, services.current)?.base);
    expect(users?.members).toEqual({});
    expect(names.map((name) => users?.sources[name])).toEqual(names.map(() => 'services'));
    expect(users?.plain).toEqual(Object.fromEntries(names.map((name) => [name, 'none'])));
    expect(Object.keys(orders?.members ?? {})).toHaveLength(declared.length);
    expect(sources.hasSharedLimits).toBe(false);
    // The reload follows what is in effect.
    write(provider, `defaults: { ${declared.join(', ')} }`);
    await file.reload();
    expect(Object.keys(sources.planOf('users', services.current)?.base?.members ?? {})).toHaveLength(
      declared.length,
    );
  });

  it('keep a response of the gateway when the other kind of response is switched off', () => {
    write(
      'defaults: { redirect: { path: /a } }',
      'services: { shop: { respond: none }, club: { redirect: none }, gone: { redirect: none, respond: none } }',
      'routes: [{ name: r, match: { service: club, path: { prefix: /r } }, redirect: none, respond: { status: 410 } }]',
    );
    const { sources } = start();
    const membersOf = (service: string) => {
      const plan = sources.planOf(service, services.current);
      return [plan?.base, ...(plan?.routes ?? [])].map((each) => Object.keys(each?.members ?? {}));
    };
    // Services without instances: only a response of the gateway makes them known.
    expect(membersOf('shop')).toEqual([['redirect']]);
    expect(membersOf('club')).toEqual([[], ['respond']]);
    expect(sources.planOf('gone', services.current)).toBeUndefined();
  });

  it('are the defaults, metadata, the defaults of the file and the service in the file, in rising order', () => {
    write(
      'defaults: { timeouts: { request: 9s }, hedge: { after: 10ms } }',
      'services: { users: { hedge: { after: p95 } } }',
    );
    const { sources, routes } = start();
    const { policy } = routes.get('users')!;
    // A member is replaced as a whole: the other time-outs of the metadata are gone.
    expect(policy.timeouts).toEqual({
      connectMs: 3000,
      responseHeaderMs: 30_000,
      idleMs: 60_000,
      totalMs: 9000,
    });
    expect([policy.hedging.after, policy.concurrency.queue]).toEqual(['p95', 7]);
    expect(routes.get('orders')?.policy.hedging.after).toBe(10);
    expect(sources.planOf('users', services.current)?.base?.sources).toEqual({
      timeouts: 'defaults',
      loadBalancer: 'built-in',
      retry: 'built-in',
      hedge: 'services',
      outlierDetection: 'built-in',
      circuitBreaker: 'built-in',
      concurrency: 'metadata',
      internalPaths: 'built-in',
    });
  });

  it('compile a route again whose policy was restored, even if there was no request in between', async () => {
    const first = 'services: { users: { timeouts: { request: 9s } } }';
    write(first);
    const { file, routes } = start();
    const [users, orders] = [routes.get('users'), routes.get('orders')];
    write('services: { users: { timeouts: { request: 8s } } }');
    await file.reload();
    write(first);
    await file.reload();
    expect(routes.get('users')).not.toBe(users);
    expect(routes.get('users')?.policy).toEqual(users?.policy);
    expect(routes.get('orders')).toBe(orders);
  });

  it('are for a route with another target that route, the target, the service in the path, and the defaults', () => {
    write(
      'defaults: { access: { deny: [10.0.0.1] }, limits: { requestBody: 1KiB }, securityHeaders: true }',
      'services:',
      '  users: { limits: { requestBody: 2KiB }, access: { deny: [10.0.0.2] } }',
      '  orders: { access: { deny: [10.0.0.3] } }',
      'routes:',
      '  - { name: a, match: { service: users, path: { prefix: /a } }, to: { service: orders } }',
      '  - { name: b, match: { service: users, path: { prefix: /b } }, to: { service: orders }, access: { deny: [10.0.0.4] } }',
    );
    const { sources } = start();
    expect(sources.planOf('users', services.current)?.routes.map(({ plain }) => plain)).toEqual([
      { access: { deny: ['10.0.0.3'] }, limits: { requestBody: '2KiB' }, securityHeaders: true },
      { access: { deny: ['10.0.0.4'] }, limits: { requestBody: '2KiB' }, securityHeaders: true },
    ]);
  });

  it('keep the compiled route of every service whose effective policy a reload does not change', async () => {
    write('services: { users: { timeouts: { request: 9s } } }');
    const { file, routes } = start();
    const [users, orders] = [routes.get('users'), routes.get('orders')];
    write('services: { users: { timeouts: { request: 8s } }, orders: { retry: { afterSending: 1 } } }');
    expect(await file.reload()).toBe('changed');
    expect(routes.get('users')).not.toBe(users);
    expect(routes.get('users')?.policy.timeouts.totalMs).toBe(8000);
    // 1 is the built-in default.
    expect(routes.get('orders')).toBe(orders);
    const changed = routes.get('users');
    write('defaults: { timeouts: { request: 8000ms } }', 'services: { orders: { timeouts: {} } }');
    expect(await file.reload()).toBe('changed');
    expect([routes.get('users'), routes.get('orders')]).toEqual([changed, orders]);
  });

  it('keep the state of a service without instances over a reload, whatever changes in the registry', async () => {
    const fleet = tableOf(instanceOf({ id: 'a', name: 'users' }));
    const shop = (ms: string): void =>
      write(
        'routes:',
        '  - name: shop',
        '    match: { service: shop }',
        '    to: { service: users }',
        '    circuitBreaker: { failurePercent: 50 }',
        `    timeouts: { request: ${ms} }`,
      );
    shop('9s');
    const file = LivePolicyFile.load(path);
    const routes = new RouteTable<CompiledRoute>(
      fleet,
      (service, declaration, _plan, related) =>
        compileRoute(service, policyOf(declaration).policy, undefined, { related }),
      new PolicySources(file),
    );
    const route = () => routes.routesOf('shop')!.select('/', { method: 'GET', header: () => undefined });
    const before = route();
    shop('8s');
    await file.reload();
    setInstances(fleet, [instanceOf({ id: 'b', name: 'orders' }), instanceOf({ id: 'a', name: 'users' })]);
    expect(route()).toMatchObject({ policy: { timeouts: { totalMs: 8000 } } });
    expect((route() as CompiledRoute).breaker).toBe((before as CompiledRoute).breaker);
    expect((route() as CompiledRoute).load).toBe((before as CompiledRoute).load);
  });

  it.each([
    [
      'cannot be read',
      () => renameSync(path, `${path}.away`),
      /gateway\.yaml:1:1 the file cannot be read \(ENOENT\)$/,
    ],
    ['has problems', () => write('defaults: 1'), /gateway\.yaml:2:11 defaults must be a mapping$/],
    [
      'is too large',
      () => writeFileSync(path, '#'.repeat(10_000_001)),
      /:1:1 the file is larger than 1 MiB$/,
    ],
    ['is no text', () => writeFileSync(path, Buffer.from([0x80])), /:1:1 the file is not UTF-8 text$/],
  ])('keep the last valid file when the new one %s', async (_what, breakFile, problem) => {
    write('defaults: { timeouts: { request: 9s } }');
    const { file, routes } = start();
    const [route, { loadedAt }] = [routes.get('users'), file];
    breakFile();
    expect(await file.reload()).toBe('unchanged');
    expect(file.lastError?.problems).toEqual([expect.stringMatching(problem)]);
    expect([routes.get('users'), file.loadedAt]).toEqual([route, loadedAt]);
    expect(() => LivePolicyFile.load(path)).toThrow(problem);
    write('defaults: { timeouts: { request: 9s } }');
    await file.reload();
    expect(file.lastError).toBeUndefined();
  });
});
