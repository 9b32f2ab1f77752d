import { withheldFieldsOf } from './members/authentication.js';
import { parsePolicyFile } from './policy-file.js';
import { FILE_MEMBERS } from './policy-schema.js';

const problemsIn = (text: string): readonly string[] => {
  const result = parsePolicyFile(text);
  return 'problems' in result
    ? result.problems.map(({ line, column, message }) => `${line}:${column} ${message}`)
    : [];
};

const fileOf = (text: string) => {
  const result = parsePolicyFile(text);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.file;
};

const withMember = (member: string, setting: string, value: string): string =>
  `version: 1\ndefaults: { ${member}: { ${setting}: ${value} } }`;

const many = (count: number, line: (i: number) => string): string[] =>
  Array.from({ length: count }, (_, i) => line(i));

describe('A policy file', () => {
  it('declares members for every service and for one, as metadata would', () => {
    const { defaults, services } = fileOf(`
version: 1
defaults:
  timeouts: { connect: 500ms, request: 1m30s }
services:
  users:
    retry: { retryOn: [reset, gateway-error], statusCodes: [], bodySize: 64KiB }
    loadBalancer: { type: consistent-hash, hashOn: "header:X-User" }
    hedge: {}
`);
    expect([...defaults]).toEqual([
      ['timeouts', { texts: { 'gateway.timeout.connect-ms': '500', 'gateway.timeout.total-ms': '90000' } }],
    ]);
    expect([...services.get('users')!]).toEqual([
      [
        'retry',
        {
          texts: {
            'gateway.retry.on': 'reset,gateway-error',
            'gateway.retry.statuses': '',
            'gateway.retry.body-bytes': '65536',
          },
        },
      ],
      [
        'loadBalancer',
        { texts: { 'gateway.balancer': 'consistent-hash', 'gateway.hash-on': 'header:x-user' } },
      ],
      ['hedge', { texts: {} }],
    ]);
  });

  it('may be JSON, indented with tabs', () => {
    const file = { version: 1, services: { users: { hedge: { after: 'p95' } } } };
    expect([...fileOf(JSON.stringify(file, undefined, '\t')).services.get('users')!]).toEqual([
      ['hedge', { texts: { 'gateway.hedge.after': 'p95' } }],
    ]);
  });

  it('has one revision for one text', () => {
    const [a, b] = [fileOf('version: 1'), fileOf('version: 1 # changed')];
    expect(a.revision).toBe(fileOf('version: 1').revision);
    expect(a.revision).not.toBe(b.revision);
  });

  it('may repeat a part through an anchor', () => {
    const { services } = fileOf(
      'version: 1\nservices:\n  a: &slow { timeouts: { request: 1h } }\n  b: *slow\n',
    );
    expect(services.get('b')).toEqual(services.get('a'));
  });

  it('declares routes, the most specific first, and members that only a file can declare', () => {
    const { routes, authentication } = fileOf(`
version: 1
authentication:
  jwt:
    corp:
      issuer: https://id.example.com/
      audiences: [shop]
      algorithms: [RS256]
      jwks: { file: keys.json }
      claimToHeaders: { sub: X-User-Id }
  apiKey: { partners: { keysFile: keys.yaml, consumerHeader: x-consumer } }
routes:
  - { name: all, match: { service: users }, auth: { anyOf: [corp, partners] } }
  - { name: admin, match: { service: users, path: { prefix: /admin/ } }, auth: none, to: { service: admins } }
`);
    expect(routes.get('users')).toMatchObject([
      { name: 'admin', to: 'admins', match: { path: { isExact: false, path: '/admin' } } },
      { name: 'all', to: undefined },
    ]);
    expect(routes.get('users')?.[1]?.members.get('auth')).toEqual({
      value: { anyOf: ['corp', 'partners'], optional: false },
      plain: { anyOf: ['corp', 'partners'] },
    });
    expect(authentication.jwt?.get('corp')).toMatchObject({ clockSkew: 30_000, jwks: { refresh: 600_000 } });
  });

  it('withholds identities and keys of clients, and what services read as an identity if there is a provider', () => {
    const withheld = (authentication: string) =>
      withheldFieldsOf(fileOf(`version: 1\nauthentication: ${authentication}`).authentication);
    const jwt = '{ issuer: i, audiences: [b], algorithms: [ES256], jwks: { file: j }';
    expect(withheld('{}')).toEqual([]);
    expect(withheld(`{ jwt: { a: ${jwt} } } }`)).toEqual(['x-user-id', 'x-consumer', 'x-scopes']);
    expect(
      withheld(`{
        jwt: { a: ${jwt}, claimToHeaders: { sub: X-User }, scopesHeader: x-scopes } },
        apiKey: { b: { keysFile: k, consumerHeader: x-partner, scopesHeader: x-rights } } }`),
    ).toEqual([
      ...['x-user', 'x-scopes', 'x-partner', 'x-rights'],
      ...['x-api-key', 'x-user-id', 'x-consumer'],
    ]);
  });

  it.each([
    ['routes: {}', '2:9 routes must be a list of at most 10000 routes'],
    ['routes: [{ name: a }]', '2:10 routes[0] must have the member "match"'],
    [
      'routes: [{ name: a, match: { path: { exact: /a } } }]',
      '2:28 routes[0].match must have the member "service"',
    ],
    [
      'routes: [{ name: a, match: { service: s, path: { exact: /a, prefix: /b } } }]',
      '2:48 routes[0].match.path must have either "prefix" or "exact"',
    ],
    [
      'routes: [{ name: a, match: { service: s } }, { name: a, match: { service: t } }]',
      '2:46 routes[1] has the name of routes[0]',
    ],
    [
      'routes: [{ name: a, match: { service: s, methods: [GET, PUT] } }, { name: b, match: { service: s, methods: [PUT, GET], path: { prefix: / } } }]',
      '2:67 routes[1] matches the same requests as routes[0]',
    ],
    ['defaults: { auth: open }', '2:19 defaults.auth must be none, or a mapping with anyOf, optional'],
    [
      'defaults: { auth: { anyOf: [corp] } }',
      '2:29 defaults.auth.anyOf[0] refers to the unknown provider "corp"; the file has no authentication providers',
    ],
    [
      'defaults: { auth: { anyOff: [] } }',
      '2:21 defaults.auth has no member "anyOff"; did you mean "anyOf"?',
    ],
    [
      'authentication: { jwt: { a: { jwks: {} } } }',
      '2:37 authentication.jwt.a.jwks must have either "url" or "file"',
    ],
    [
      'authentication: { apiKey: { a: { keysFile: k } }, jwt: { a: { issuer: i, audiences: [b], algorithms: [HS256, RS256], jwks: { file: j } } } }',
      '2:102 authentication.jwt.a.algorithms must not mix symmetric (HS) and asymmetric algorithms',
    ],
    [
      'authentication: { jwt: { a: { issuer: i, audiences: [b], algorithms: [HS256], jwks: { url: "https://a" } } } }',
      '2:29 authentication.jwt.a.jwks must have a "file" for symmetric (HS) algorithms: a URL would publish the secrets',
    ],
    [
      'authentication: { jwt: { a: { issuer: i, audiences: [b], algorithms: [ES256], jwks: { file: j }, claimToHeaders: { sub: x-a, b: X_A } } } }',
      '2:114 authentication.jwt.a.claimToHeaders has two claims for the field "x-a"',
    ],
    [
      'authentication: { jwt: { a: { issuer: i, audiences: [b], algorithms: [ES256], jwks: { file: j }, claimToHeaders: { sub: x-a, b: x.a } } } }',
      '2:114 authentication.jwt.a.claimToHeaders has two claims for the field "x-a"',
    ],
    [
      'authentication: { jwt: { a: { issuer: i, audiences: [b], algorithms: [ES256], jwks: { file: j }, claimToHeaders: { sub: x-a }, scopesHeader: X_A } } }',
      '2:29 authentication.jwt.a.scopesHeader must not be x_a, which has another value',
    ],
    [
      'authentication: { apiKey: { a: { keysFile: k, consumerHeader: x-a, scopesHeader: x-a } } }',
      '2:32 authentication.apiKey.a.scopesHeader must not be x-a, which has another value',
    ],
    ...['Host', 'x_forwarded_for', 'via', 'authorization'].map((name) => [
      `authentication: { apiKey: { a: { keysFile: k, consumerHeader: ${name} } } }`,
      `2:63 authentication.apiKey.a.consumerHeader must not be ${name.toLowerCase()}: it belongs to the connection, carries credentials, or the gateway sets it`,
    ]),
  ])('is refused with %j', (text, problem) => {
    expect(problemsIn(`version: 1\n${text}`)).toContain(problem);
  });

  it.each([
    ['limits: {}', 'services.s.limits must have the member "requestBody"'],
    ['limits: { requestBody: 1MB }', 'services.s.limits.requestBody must be a size from 0B to 1024GiB'],
    ['limits: { requestBody: 10 }', 'services.s.limits.requestBody must be a size from 0B to 1024GiB'],
    ['rewrite: {}', 'services.s.rewrite must have "path" or "host"'],
    ['rewrite: { path: {} }', 'services.s.rewrite.path must have the member "replacePrefix"'],
    [
      'rewrite: { path: { replacePrefix: /a/../b } }',
      expect.stringContaining('replacePrefix must be a path that'),
    ],
    [
      'rewrite: { path: { replacePrefix: v2 } }',
      expect.stringContaining('replacePrefix must be a path that'),
    ],
    [
      'rewrite: { host: "a/b" }',
      expect.stringContaining('rewrite.host must be preserve, instance, or a host name'),
    ],
    [
      'rewrite: { host: "a@b" }',
      expect.stringContaining('rewrite.host must be preserve, instance, or a host name'),
    ],
    ...['preserved', 'Preserve', 'presrve', 'instances'].map((host): [string, string] => [
      `rewrite: { host: ${host} }`,
      `services.s.rewrite.host has the value "${host}"; did you mean "${/^p/i.test(host) ? 'preserve' : 'instance'}"? A host of that name needs a port`,
    ]),
    ['redirect: { status: 301 }', 'services.s.redirect must have "scheme", "host" or "path"'],
    [
      'redirect: { path: /a, status: 304 }',
      'services.s.redirect.status must be 301 or 302 or 303 or 307 or 308',
    ],
    [
      'redirect: { path: //evil.example }',
      'services.s.redirect.path must be a path that begins with one "/"',
    ],
    ['redirect: { path: "/\\\\evil" }', 'services.s.redirect.path must be a path that begins with one "/"'],
    [
      'redirect: { path: "/a\\r\\nb: c" }',
      'services.s.redirect.path must be a path that begins with one "/"',
    ],
    ['redirect: { scheme: ftp }', 'services.s.redirect.scheme must be http or https'],
    ['respond: { status: 100 }', 'services.s.respond.status must be a whole number from 200 to 599'],
    ['respond: { body: a, file: b }', 'services.s.respond must not have both "body" and "file"'],
    ['respond: { status: 204, body: a }', 'services.s.respond must have no content with the status 204'],
    [
      'respond: { contentType: "a\\r\\nb" }',
      expect.stringContaining('respond.contentType must be a media type'),
    ],
    ['respond: { file: b }', 'services.s.respond.file: the file cannot be read'],
    ['respond: {}, redirect: { path: /a }', 'services.s must not have both "respond" and "redirect"'],
  ])('is refused with %j', (members, problem) => {
    const problems = problemsIn(`version: 1\nservices: { s: { ${members} } }`);
    expect(problems.map((each) => each.replace(/^\S+ /, ''))).toEqual([problem]);
  });

  it('contains the files that it names', () => {
    const text = 'version: 1\nservices: { s: { respond: { file: page.html } } }';
    const parsedWith = (page: string) => {
      const parsed = parsePolicyFile(text, (path) => ({ text: `${path}: ${page}` }));
      if (!('file' in parsed)) throw new Error('invalid');
      return parsed.file;
    };
    const file = parsedWith('a');
    expect(file.services.get('s')?.get('respond')).toMatchObject({
      value: { status: 200, contentType: 'text/html; charset=utf-8', content: Buffer.from('page.html: a') },
      plain: { file: 'page.html' },
    });
    expect(parsedWith('a').revision).toBe(file.revision);
    expect(parsedWith('b').revision).not.toBe(file.revision);
  });

  it.each(['/a/../b', '//a', '/%61', '/a%2Fb', 'a', '/a?b', '/a;b', '/ä'])(
    'refuses the path %j of a match, which no request can have',
    (path) => {
      const text = `version: 1\nroutes: [{ name: a, match: { service: s, path: { prefix: "${path}" } } }]`;
      expect(problemsIn(text)).toEqual([
        expect.stringContaining('routes[0].match.path.prefix must be a path'),
      ]);
    },
  );

  it('warns of a route to a service whose own routes it passes by', () => {
    const text = `
version: 1
routes:
  - { name: admin, match: { service: orders, path: { prefix: /admin } }, access: { allow: [10.0.0.0/8] } }
  - { name: shop, match: { service: shop }, to: { service: orders } }
`;
    expect(parsePolicyFile(text)).toMatchObject({
      warnings: [
        { line: 5, message: expect.stringContaining('routes[1] sends requests to "orders", whose own') },
      ],
    });
  });

  it('warns of routes that only their order tells apart', () => {
    const route = (name: string, members: object): object => ({ name, match: { service: 's', ...members } });
    const warningsOf = (...routes: object[]): unknown => {
      const parsed = parsePolicyFile(JSON.stringify({ version: 1, routes }));
      return 'warnings' in parsed && parsed.warnings.map(({ message }) => message);
    };
    const [get, put] = [route('a', { methods: ['GET', 'PUT'] }), route('a', { methods: ['PUT'] })];
    const head = route('b', { methods: ['HEAD'] });
    expect(warningsOf(put, head, route('c', { path: { prefix: '/x' } }))).toEqual([]);
    // GET includes HEAD.
    expect(warningsOf(get, head)).toHaveLength(1);
    expect(warningsOf(get, route('c', { methods: ['PUT'] }))).toEqual([
      'routes[1] and route "a" overlap; their order decides',
    ]);
    expect(warningsOf(route('a', { headers: { x: '1' } }), route('b', { query: { y: '2' } }))).toHaveLength(
      1,
    );
    expect(warningsOf(route('a', { headers: { x: '1' } }), route('b', { headers: { x: '2' } }))).toEqual([]);
    // One warning for each route: their number must not grow with the square of that of the routes.
    const many = Array.from({ length: 9 }, (_, i) => route(`r${i}`, { headers: { [`x-${i}`]: 'a' } }));
    expect(warningsOf(...many)).toHaveLength(8);
  });

  it.each<[string, string[]]>([
    [
      'rate limits',
      ['defaults:', '  rateLimits:', ...many(15_000, (i) => `    - { name: a${i}, requests: 1, per: 1s }`)],
    ],
    [
      'edits beside many providers',
      [
        'authentication:',
        '  apiKey:',
        ...many(5_000, (i) => `    a${i}: { keysFile: k, consumerHeader: x-${i} }`),
        'defaults:',
        '  requestHeaders:',
        '    remove:',
        ...many(20_000, (i) => `      - y-${i}`),
      ],
    ],
  ])('with many %s is checked in linear time', (_what, lines) => {
    const before = process.cpuUsage();
    expect(problemsIn(['version: 1', ...lines].join('\n'))).toEqual([]);
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(8);
  });

  it('is refused with all of its problems, each with line, column and the nearest name', () => {
    const text = `version: 2
extras: []
defaults:
  timeout: { connect: 1s }
  timeouts: { conect: 1s, idle: 5, request: 25h }
  timeouts: {}
services:
  Users: {}
  orders:
    retry: [reset]
    circuitBreaker: { statusCodes: [500, 200], failurePercent: 101, minRequests: "5" }
    shadowed: none
`;
    expect(problemsIn(text)).toEqual([
      '1:10 version must be 1',
      '2:1 the file has no member "extras"; its members are version, authentication, defaults, services, routes',
      '4:3 defaults has no member "timeout"; did you mean "timeouts"?',
      '5:15 defaults.timeouts has no member "conect"; did you mean "connect"?',
      '5:33 defaults.timeouts.idle must be a duration from 0s to 24h',
      '5:45 defaults.timeouts.request must be a duration from 0s to 24h',
      '6:3 defaults has "timeouts" twice; first in line 5',
      '8:3 services has the invalid name "Users"; it must match ^[a-z][a-z0-9-]{0,62}$',
      '10:12 services.orders.retry must be a mapping',
      '11:36 services.orders.circuitBreaker.statusCodes must be a list that is not empty; each item: a whole number from 400 to 599',
      '11:64 services.orders.circuitBreaker.failurePercent must be a whole number from 0 to 100',
      '11:82 services.orders.circuitBreaker.minRequests must be a whole number from 1 to 1000000',
      expect.stringContaining(
        '12:5 services.orders has no member "shadowed"; its members are timeouts, loadBalancer,',
      ),
    ]);
  });

  it.each([
    ['', '1:1 the file must have the member "version: 1"'],
    ['# nothing', '1:1 the file must have the member "version: 1"'],
    ['7', '1:1 the file must be a mapping'],
    ['version: 1\ndefaults:', '2:10 defaults must be a mapping'],
    [
      'version: 1\n<<: { a: 1 }',
      '2:1 the file has no member "<<"; its members are version, authentication, defaults, services, routes',
    ],
    ['version: 1\n? [a]\n: 1', '2:3 the file has a key that is not text'],
    ['version: 1\n---\nversion: 1', '2:1 Source contains multiple documents'],
    ['%YAML 1.1\n---\nversion: 1', '1:1 the file must be YAML 1.2'],
    ['version: !secret 1', '1:10 Unresolved tag'],
    ['version: *one', '1:10 "one" is no anchor above this alias'],
    ['version: 1\nservices: &all\n  a: *all', '3:6 aliases expand to more than 1 MiB'],
  ])('is refused when it is %j', (text, problem) => {
    expect(problemsIn(text)).toContain(problem);
  });

  it.each(['laugh', '[]'])('is refused when aliases of %s expand beyond 1 MiB, unexpanded', (item) => {
    const levels = Array.from(
      { length: 60 },
      (_, i) =>
        `  l${i}: &l${i} [${Array(10)
          .fill(i === 0 ? item : `*l${i - 1}`)
          .join(', ')}]`,
    );
    const problems = problemsIn(
      `version: 1\nservices:\n${levels.join('\n')}\ndefaults: { retry: { retryOn: *l59 } }`,
    );
    expect(problems.filter((problem) => problem.includes('1 MiB'))).toHaveLength(1);
  });

  it('is refused when it nests too deeply', () => {
    expect(problemsIn('['.repeat(20_000)).length).toBeGreaterThan(0);
  });

  it('never shows a value in its problems', () => {
    const secret = 'hunter2';
    const text = `version: ${secret}\ndefaults: { timeouts: ${secret}, hedge: { after: ${secret} } }\nservices: ${secret}`;
    expect(problemsIn(text)).toHaveLength(4);
    expect(problemsIn(text).join()).not.toContain(secret);
    expect(problemsIn(`version: "1" ${secret}\n`).join()).not.toContain(secret);
  });

  const settings = [...FILE_MEMBERS].flatMap(([fileMember, all]) =>
    Object.values(all).map((setting) => ({ fileMember, ...setting })),
  );

  it.each(settings)(
    'declares the default of $fileMember: $member',
    ({ fileMember, member, kind, standard }) => {
      const value = kind.file.write(standard);
      expect(kind.file.read(value)).toEqual(standard);
      expect(problemsIn(withMember(fileMember, member, JSON.stringify(value)))).toEqual([]);
    },
  );

  it.each([
    [
      'timeouts',
      'connect',
      ['1ms', '24h', '1h30m', '2s500ms'],
      ['0s', '24h1ms', '1', '1.5s', '-1s', '1d', ''],
    ],
    ['retry', 'bodySize', ['0B', '1MiB', '1000B'], ['2MiB', '64KB', '65536', '1MiB1B']],
    ['hedge', 'after', ['off', 'p50', 'p99', '1ms', '1m'], ['p100', 'p5', '50', '0s', '61s', 'on']],
    [
      'loadBalancer',
      'hashOn',
      ['client-address', '"cookie:sid"'],
      ['"header:"', 'address', '[client-address]'],
    ],
    ['retry', 'retryOn', ['[]', '[reset]'], ['reset', '[sometimes]', '[reset, 5]', '{}']],
  ])('has values of %s.%s as Gateway API writes them', (member, setting, valid, invalid) => {
    const problemsOf = (value: string) => problemsIn(withMember(member, setting, value)).length;
    expect(valid.map(problemsOf)).toEqual(valid.map(() => 0));
    expect(invalid.map(problemsOf)).toEqual(invalid.map(() => 1));
  });
});
