import { Problem } from '#contracts';
import { FakeExchange } from '../testing/fake-exchange.js';
import { instanceOf, setInstances, tableOf } from '../testing/instances.js';
import { policyOf } from '../../policy/policy-of-metadata.js';
import { compileRoute } from './compile-route.js';
import { RegisteredServices } from './registered-services.js';
import { RouteTable } from './route-table.js';
import { Router } from './router.js';
import { isProxied } from '../http1/rules/target.js';

describe('isProxied', () => {
  it.each(['/api', '/api/', '/api?x', '/api/users'])('accepts %s', (target) =>
    expect(isProxied(target)).toBe(true),
  );
  it.each(['/', '/apis', '/API/users', '//api/users', '*', '/health', '/api;x'])('rejects %s', (target) =>
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

  it('names the registered services, at most twenty, to clients of an unknown one', () => {
    const registered = tableOf();
    const detailOf = () => {
      const described = new RegisteredServices(registered);
      const found = new Router(routes, () => true, described).match(new FakeExchange('GET', '/api/nothing'));
      return (found as Problem).message;
    };
    expect(detailOf()).toBe('no service with this name is registered; none is registered yet');
    const names = Array.from({ length: 22 }, (_, i) => `s${String(i).padStart(2, '0')}`);
    setInstances(
      registered,
      names.map((name) => instanceOf({ id: name, name })),
    );
    expect(detailOf()).toBe(
      `no service with this name is registered; known services: ${names.slice(0, 20).join(', ')} and 2 more, listed by /services`,
    );
  });

  it('keeps a route, with the state of its balancer, until its service is removed', () => {
    const route = routes.get('users');
    setInstances(services, [instanceOf({ id: 'b', name: 'users' })]);
    expect(routes.get('users')).toBe(route);
    setInstances(services, []);
    expect(routes.get('users')).toBeUndefined();
    setInstances(services, [instanceOf({ id: 'b', name: 'users' })]);
    expect(routes.get('users')).not.toBe(route);
  });

  it('uses the policy of instances with a valid lease, and of expired ones when there are no others', () => {
    const declaring = (id: string, ms: string, expiredAt?: number) =>
      instanceOf({ id, metadata: { 'gateway.timeout.total-ms': ms }, expiredAt });
    setInstances(services, [declaring('a', '100'), declaring('b', '200', 1)]);
    expect(routes.get('users')?.policy.timeouts.totalMs).toBe(100);
    setInstances(services, [declaring('b', '200', 1)]);
    expect(routes.get('users')?.policy.timeouts.totalMs).toBe(200);
  });

  it('recompiles a route only when its instances declare another policy', () => {
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
