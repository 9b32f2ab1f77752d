import { parsePolicyFile } from './policy-file.js';

const PROVIDER = 'authentication: { apiKey: { partners: { keysFile: keys.yaml } } }';
const AUTH = 'auth: { anyOf: [partners] }';
const AUTHORIZATION = 'authorization: { anyOf: [ { scopes: [a] } ] }';

const problemsIn = (...lines: readonly string[]): readonly string[] => {
  const result = parsePolicyFile(['version: 1', PROVIDER, ...lines].join('\n'));
  return 'problems' in result
    ? result.problems.map(({ line, column, message }) => `${line}:${column} ${message}`)
    : [];
};

const without = (path: string): string =>
  `${path} has "authorization" in effect without "auth"; declare "auth", or "authorization: none"`;

const ROUTE = 'name: r, match: { service: users, path: { prefix: /admin } }';

describe('The authorization of a policy file', () => {
  it.each([
    ['at one level', [`defaults: { ${AUTH}, ${AUTHORIZATION} }`]],
    ['below', [`defaults: { ${AUTH} }`, `services: { users: { ${AUTHORIZATION} } }`]],
    ['for a service', [`services: { users: { ${AUTH} } }`, `routes: [ { ${ROUTE}, ${AUTHORIZATION} } ]`]],
    [
      'switched off',
      [`defaults: { ${AUTH}, ${AUTHORIZATION} }`, 'services: { users: { auth: none, authorization: none } }'],
    ],
    [
      'switched off where auth is, for the routes below',
      [
        `defaults: { ${AUTH}, ${AUTHORIZATION} }`,
        'services: { users: { auth: none, authorization: none } }',
        `routes: [ { ${ROUTE}, ${AUTH}, ${AUTHORIZATION} } ]`,
      ],
    ],
    [
      'for optional authentication',
      [`defaults: { auth: { anyOf: [partners], optional: true }, ${AUTHORIZATION} }`],
    ],
  ])('may be in effect with auth %s', (_where, lines) => {
    expect(problemsIn(...lines)).toEqual([]);
  });

  it('must not be in effect without auth, at any level', () => {
    expect(problemsIn(`defaults: { ${AUTHORIZATION} }`)).toEqual([`3:13 ${without('defaults')}`]);
    expect(problemsIn(`services: { users: { auth: none, ${AUTHORIZATION} } }`)).toEqual([
      `3:34 ${without('services.users')}`,
    ]);
    expect(
      problemsIn(`services: { orders: { ${AUTH} } }`, `routes: [ { ${ROUTE}, ${AUTHORIZATION} } ]`),
    ).toEqual([expect.stringContaining(without('routes[0]'))]);
  });

  it('must not stay in effect where a service or route has no auth', () => {
    expect(
      problemsIn(`defaults: { ${AUTH}, ${AUTHORIZATION} }`, 'services: { users: { auth: none } }'),
    ).toEqual([`4:22 ${without('services.users')}`]);
    expect(
      problemsIn(
        `services: { users: { ${AUTH}, ${AUTHORIZATION} } }`,
        `routes: [ { ${ROUTE}, auth: none } ]`,
      ),
    ).toEqual([expect.stringContaining(without('routes[0]'))]);
  });

  it('is not reported where auth has another problem', () => {
    expect(problemsIn(`defaults: { auth: { anyOf: [missing] }, ${AUTHORIZATION} }`)).toEqual([
      expect.stringContaining('unknown provider "missing"'),
    ]);
  });

  it.each([
    ['{}', 'must have the member "anyOf"'],
    ['all', 'must be none, or a mapping with anyOf'],
    ['{ anyOf: [] }', 'must be a list that is not empty'],
    ['{ anyOf: [ {} ] }', 'must have "scopes", "claims" or "consumers"'],
    ['{ anyOf: [ { claims: {} } ] }', 'must have "scopes", "claims" or "consumers"'],
    ['{ anyOf: [ { scopes: [] } ] }', 'must be a list that is not empty'],
    ['{ anyOf: [ { scopes: [a b] } ] }', 'must be a scope'],
    ['{ anyOf: [ { scope: [a] } ] }', 'did you mean "scopes"?'],
    ['{ anyOf: [ { claims: { plan: gold } } ] }', 'must be a list'],
    ['{ anyOf: [ { claims: { plan: [] } } ] }', 'must be a list that is not empty'],
    ['{ anyOf: [ { claims: { plan: [{ a: b }] } } ] }', 'must be a text, number or boolean'],
    ['{ anyOf: [ { claims: { plan: [~] } } ] }', 'must be a text, number or boolean'],
    ['{ anyOf: [ { consumers: [""] } ] }', 'must be the name of a consumer'],
  ])('is refused with %s', (value, problem) => {
    expect(problemsIn(`defaults: { ${AUTH}, authorization: ${value} }`)[0]).toContain(problem);
  });

  it('compares claims as texts, whatever they are in the file', () => {
    const result = parsePolicyFile(
      `version: 1\n${PROVIDER}\ndefaults: { ${AUTH}, authorization: { anyOf: [ { claims: { level: [1, true, "1.0"] } } ] } }`,
    );
    expect('file' in result && result.file.defaults.get('authorization')).toMatchObject({
      value: { anyOf: [{ claims: new Map([['level', ['1', 'true', '1.0']]]) }] },
    });
  });
});
