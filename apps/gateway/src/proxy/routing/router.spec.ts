import { Problem } from '#contracts';
import { FakeExchange } from '../testing/fake-exchange.js';
import { instanceOf, setInstances, tableOf } from '../testing/instances.js';
import { policyOf } from '../policy-of-metadata.js';
import { compileRoute } from './compile-route.js';
import { RouteTable } from './route-table.js';
import { Router } from './router.js';
import { isProxied } from './target.js';

describe('isProxied', () => {
  it.each(['/api', '/api/', '/api?x', '/api/users'])('takes %s', (target) =>
    expect(isProxied(target)).toBe(true),
  );
  it.each(['/', '/apis', '/API/users', '//api/users', '*', '/health', '/api;x'])('leaves %s', (target) =>
    expect(isProxied(target)).toBe(false),
  );
});

describe('Router', () => {
  const services = tableOf(instanceOf({ id: 'a', name: 'users' }));
  const routes = new RouteTable(services, (service, declaration) =>
    compileRoute(service, policyOf(declaration).policy),
  );
  const router = new Router(routes);
  const match = (target: string) => {
    const exchange = new FakeExchange('GET', target);
    const found = router.match(exchange);
    return found instanceof Problem ? found.code : `${found.service} ${exchange.upstreamTarget}`;
  };

  it.each([
    ['/api/users', 'users /'],
    ['/api/users/', 'users /'],
    ['/api/users?x=/y', 'users /?x=/y'],
    ['/api/users/1?x=..', 'users /1?x=..'],
    ['/api/users//', 'users //'],
    ['/api/Users', 'unknown-service'],
    ['/api/users;x', 'unknown-service'],
    ['/api', 'unknown-service'],
    ['/api/?users', 'unknown-service'],
    ['/api/__proto__/x', 'unknown-service'],
    ['/api/users/../x', 'path-escapes-service'],
    ['/api/./users', 'unknown-service'],
    ['/api/users#x', 'malformed-request'],
  ])('matches %s as %s', (target, expected) => expect(match(target).replace(/#x$/, '')).toBe(expected));

  it('keeps a route, with what its balancer remembers, until its service is gone', () => {
    const route = routes.get('users');
    setInstances(services, [instanceOf({ id: 'b', name: 'users' })]);
    expect(routes.get('users')).toBe(route);
    setInstances(services, []);
    expect(routes.get('users')).toBeUndefined();
    setInstances(services, [instanceOf({ id: 'b', name: 'users' })]);
    expect(routes.get('users')).not.toBe(route);
  });

  it('takes the policy from instances whose lease runs, and from expired ones when none does', () => {
    const declaring = (id: string, ms: string, expiredAt?: number) =>
      instanceOf({ id, metadata: { 'gateway.timeout.total-ms': ms }, expiredAt });
    setInstances(services, [declaring('a', '100'), declaring('b', '200', 1)]);
    expect(routes.get('users')?.policy.timeouts.totalMs).toBe(100);
    setInstances(services, [declaring('b', '200', 1)]);
    expect(routes.get('users')?.policy.timeouts.totalMs).toBe(200);
  });

  it('compiles a route anew when its instances declare another policy, and only then', () => {
    const declaring = (ms: string) =>
      setInstances(services, [
        instanceOf({ id: 'a', metadata: { 'gateway.timeout.total-ms': ms, zone: ms } }),
        instanceOf({ id: 'b' }),
      ]);
    declaring('100');
    const route = routes.get('users');
    expect(route?.policy.timeouts.totalMs).toBe(100);
    declaring('100');
    expect(routes.get('users')).toBe(route);
    declaring('200');
    expect(routes.get('users')?.policy.timeouts.totalMs).toBe(200);
  });
});
