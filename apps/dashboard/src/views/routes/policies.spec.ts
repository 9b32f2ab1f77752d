import { declaredMembers, describeMatch, inOneLine, type RoutePolicy } from './policies';

const ROUTE: RoutePolicy = {
  name: 'place-order',
  service: 'order-service',
  match: {
    service: 'order-service',
    path: { prefix: '/orders' },
    methods: ['POST'],
    headers: { 'x-a': '1' },
  },
  policy: { auth: { anyOf: ['corp'] }, retry: { attempts: 2 } },
  sources: { auth: 'routes.place-order', retry: 'built-in' },
};

describe('policies', () => {
  it('writes the condition of a route as a request', () => {
    expect(describeMatch(ROUTE)).toBe('POST /api/order-service/orders/… headers: { x-a: 1 }');
    expect(describeMatch({ ...ROUTE, match: { path: { exact: '/orders' } } })).toBe(
      '/api/order-service/orders',
    );
    expect(describeMatch({ ...ROUTE, match: {} })).toBe('/api/order-service/…');
  });

  it('tells declared members from defaults', () => {
    expect(declaredMembers(ROUTE).map(([name]) => name)).toEqual(['auth']);
  });

  it('writes values in one line', () => {
    expect(inOneLine({ a: [1, 'b'], c: undefined, d: { e: true } })).toBe('{ a: [1, b], d: { e: true } }');
  });
});
