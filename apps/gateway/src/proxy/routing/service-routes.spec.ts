import fc from 'fast-check';
import type { CorsPolicy } from '../../policy/members/cors.js';
import { DEFAULT_POLICY, type Policy } from '../../policy/policy.js';
import type { DeclaredMember } from '../../policy/declared-members.js';
import { parsePolicyFile } from '../../policy/policy-file.js';
import { compileRoute } from './compile-route.js';
import { ServiceRoutes } from './service-routes.js';

const withCors = (declared: DeclaredMember | undefined): Policy =>
  declared
    ? { ...DEFAULT_POLICY, cors: (declared as unknown as { value: CorsPolicy }).value }
    : DEFAULT_POLICY;

/** The routes of the service `shop` with these matches, named a, b, c … in the order of the list. */
function routesOf(
  ...matches: readonly (Readonly<Record<string, unknown>> & { readonly cors?: object })[]
): ServiceRoutes {
  const routes = matches.map(({ cors, ...match }, i) => ({
    name: String.fromCharCode(97 + i),
    match: { service: 'shop', ...match },
    ...(cors && { cors }),
  }));
  const parsed = parsePolicyFile(JSON.stringify({ version: 1, routes }));
  if (!('file' in parsed)) throw new Error(JSON.stringify(parsed.problems));
  const others = (parsed.file.routes.get('shop') ?? []).map(({ name, match, members }) => ({
    match,
    route: compileRoute('shop', withCors(members.get('cors')), undefined, { name }),
  }));
  return new ServiceRoutes(compileRoute('shop'), others);
}

const select = (
  routes: ServiceRoutes,
  target: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): string | undefined => {
  const route = routes.select(target, { method, header: (name) => headers[name] });
  return typeof route === 'object' ? (route.name ?? 'base') : route;
};

describe('The routes of a service', () => {
  it('match whole segments of the path, in its case', () => {
    const routes = routesOf({ path: { prefix: '/orders/' } }, { path: { exact: '/orders/1' } });
    const selected = [
      '/orders',
      '/orders/',
      '/orders?x=1',
      '/orders/1',
      '/orders/1?x',
      '/orders/12',
      '/orders2',
      '/Orders',
      '/',
    ];
    expect(selected.map((target) => select(routes, target))).toEqual([
      'a',
      'a',
      'a',
      'b',
      'b',
      'a',
      'base',
      'base',
      'base',
    ]);
  });

  it('are selected by the most specific match: exact path, longest prefix, methods, conditions, order', () => {
    const routes = routesOf(
      {},
      { path: { prefix: '/a' } },
      { path: { prefix: '/a/b' } },
      { path: { prefix: '/a' }, methods: ['POST'] },
      { path: { prefix: '/a' }, headers: { 'X-One': '1' } },
      { path: { prefix: '/a' }, headers: { 'x-one': '1' }, query: { q: '2' } },
      { path: { exact: '/a' } },
    );
    expect(select(routes, '/other')).toBe('a');
    expect(select(routes, '/a/x')).toBe('b');
    expect(select(routes, '/a/b', { method: 'POST' })).toBe('c');
    expect(select(routes, '/a/x', { method: 'POST', headers: { 'x-one': '1' } })).toBe('d');
    expect(select(routes, '/a/x', { headers: { 'x-one': '1' } })).toBe('e');
    expect(select(routes, '/a/x?q=2', { headers: { 'x-one': '1' } })).toBe('f');
    expect(select(routes, '/a/x?q=2&q=3', { headers: { 'x-one': '1' } })).toBe('e');
    expect(select(routes, '/a', { method: 'POST' })).toBe('g');
  });

  it('match HEAD where they match GET: services respond to both alike', () => {
    const routes = routesOf({ path: { prefix: '/a' }, methods: ['GET'] });
    expect(['GET', 'HEAD', 'PUT'].map((method) => select(routes, '/a', { method }))).toEqual([
      'a',
      'a',
      'base',
    ]);
  });

  it.each([
    '//admin',
    '/x//admin',
    '/./admin',
    '/x/../admin',
    '/admin/..',
    '/%61dmin',
    '/%41dmin',
    '/adm%69n',
    '/%2e%2e/admin',
    '/..%2fadmin',
    '/x%2Fadmin',
    '/x%5cadmin',
    '/x\\admin',
    '/admin;x=1',
    '/admin%3bx',
    '/%2561dmin',
    '/%252e/admin',
    '/admin%00',
    '/admin%0a',
    '/%2Dadmin',
    '/x/.',
    '/admin%7E',
    '/admin%3fx',
  ])('refuse %s, which servers read in different ways', (target) => {
    expect(select(routesOf({ path: { prefix: '/admin' } }), target)).toBe('ambiguous');
    // Without a condition on the path it does not matter.
    expect(select(routesOf({ methods: ['POST'] }), target)).toBe('base');
  });

  it.each([
    '/a%20b',
    '/%EC%95%84',
    '/a%2Cb',
    '/100%25',
    '/a:b@c',
    '/...',
    '/.well-known',
    '/c%23',
    '/x?y=//../%61;',
  ])('accept %s', (target) => expect(select(routesOf({ path: { prefix: '/admin' } }), target)).toBe('base'));

  it('never select another route than a server that decodes and normalises the path would serve', () => {
    const routes = routesOf({ path: { prefix: '/admin' } }, { path: { prefix: '/public' } });
    const atoms = [
      '/',
      '.',
      '..',
      '%2e',
      '%2F',
      '%5c',
      '\\',
      ';x',
      'admin',
      '%61dmin',
      'public',
      'x',
      '%25',
      '61',
      '%20',
      '?',
    ];
    const paths = fc.array(fc.constantFrom(...atoms), { maxLength: 10 }).map((parts) => `/${parts.join('')}`);
    fc.assert(
      fc.property(paths, (target) => {
        const selected = select(routes, target);
        if (selected === 'ambiguous') return;
        const path = target.replace(/\?.*/s, '');
        const served = new URL(
          decodeURI(path.replace(/%(?![0-9a-f]{2})/gi, '%25')).replace(/;[^/]*/g, ''),
          'http://x',
        ).pathname;
        expect(select(routes, decodeURIComponent(served.replace(/%(?![0-9a-f]{2})/gi, '%25')))).toBe(
          selected,
        );
      }),
      { numRuns: 2000 },
    );
  });

  describe('give a preflight', () => {
    const cors = { allowOrigins: ['https://a.test'] };
    const preflightOf = (method: string) => ({
      method: 'OPTIONS',
      headers: { origin: 'https://a.test', 'access-control-request-method': method },
    });

    it('the route of the request that it announces', () => {
      const routes = routesOf({ methods: ['GET'], cors }, { methods: ['POST', 'PUT'], cors }, { cors });
      expect(select(routes, '/', preflightOf('GET'))).toBe('a');
      expect(select(routes, '/', preflightOf('PUT'))).toBe('b');
      expect(select(routes, '/', preflightOf('DELETE'))).toBe('c');
      expect(select(routes, '/', { method: 'OPTIONS' })).toBe('c');
      expect(select(routes, '/', { ...preflightOf('GET'), method: 'POST' })).toBe('b');
    });

    it('its own route if neither has a CORS policy: no other policy may let it pass', () => {
      const routes = routesOf({ methods: ['GET'] }, { methods: ['OPTIONS'] }, { methods: ['POST'], cors });
      expect(select(routes, '/', preflightOf('GET'))).toBe('b');
      expect(select(routes, '/', preflightOf('POST'))).toBe('c');
    });

    it('no CORS policy of another route', () => {
      const routes = routesOf({ methods: ['POST'] }, { path: { prefix: '/open' }, cors });
      expect(select(routes, '/open', preflightOf('GET'))).toBe('b');
      expect(select(routes, '/open', preflightOf('POST'))).toBe('b');
      const strict = routesOf({ path: { prefix: '/open' }, methods: ['POST'] }, { cors });
      expect(select(strict, '/open', preflightOf('POST'))).toBe('no-cors');
      expect(select(strict, '/open', preflightOf('GET'))).toBe('b');
    });
  });
});
