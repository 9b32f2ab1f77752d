import { compileRoute } from '../routing/compile-route.js';
import { RouteTable } from '../routing/route-table.js';
import { Router } from '../routing/router.js';
import { instanceOf, tableOf } from '../testing/instances.js';
import { Explainer } from './explain.js';

describe('Explainer', () => {
  const services = tableOf(
    instanceOf({ id: 'a' }),
    instanceOf({ id: 'b', status: 'down', statusReason: 'its lease ran out' }),
    instanceOf({ id: 'c', weight: 0 }),
    instanceOf({ id: 'd', name: 'orders', status: 'draining', statusReason: 'a drain was asked for' }),
  );
  const explainer = new Explainer(new Router(new RouteTable(services, compileRoute)), services);

  it('names the route, the candidates, and why others are left out', () => {
    expect(explainer.explain('GET', '/api/users/1?x')).toMatchObject({
      route: { service: 'users', prefix: '/api/users', balancer: 'power-of-two', stages: [] },
      upstreamPath: '/1?x',
      candidates: [{ id: 'a', transport: 'http', inFlight: 0 }],
      excluded: [
        { id: 'b', status: 'down', reason: 'its lease ran out' },
        { id: 'c', status: 'up', reason: 'its weight is 0' },
      ],
      problem: null,
    });
  });

  it('tells the problem that a request would meet', () => {
    const problemAt = (path: string) => explainer.explain('GET', path).problem?.type.split(':').at(-1);
    expect(problemAt('/api/orders')).toBe('no-healthy-instance');
    expect(problemAt('/api/nobody')).toBe('unknown-service');
    expect(problemAt('/api/users/../x')).toBe('path-escapes-service');
    expect(problemAt('/health')).toBe('not-proxied');
  });
});
