import { parseApiKeys } from './api-keys-file.js';

const HASH = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);

const problemsIn = (text: string): readonly string[] => {
  const result = parseApiKeys(text);
  return 'problems' in result
    ? result.problems.map(({ line, column, message }) => `${line}:${column} ${message}`)
    : [];
};

const withKey = (members: string): string =>
  `version: 1\nkeys:\n  - { sha256: ${HASH}, consumer: acme${members} }`;

describe('A file with API keys', () => {
  it('has several keys for a consumer, with scopes, expiry and a name', () => {
    const result = parseApiKeys(`
version: 1
keys:
  - { sha256: ${HASH.toUpperCase()}, consumer: acme, scopes: [orders:read], expires: 2030-01-31T00:00:00+09:00, name: old }
  - { sha256: ${OTHER}, consumer: acme }
`);
    expect(result).toEqual({
      keys: [
        {
          sha256: HASH,
          consumer: 'acme',
          scopes: ['orders:read'],
          expires: Date.UTC(2030, 0, 30, 15),
          name: 'old',
        },
        { sha256: OTHER, consumer: 'acme', scopes: undefined, expires: undefined, name: undefined },
      ],
    });
  });

  it('may be JSON and may have no keys', () => {
    expect(parseApiKeys('{ "version": 1, "keys": [] }')).toEqual({ keys: [] });
  });

  it('reports all problems at once, each with its place', () => {
    expect(
      problemsIn(
        `version: 2\nkeys:\n  - { sha256: abc, consumer: "a b" }\n  - { sha256: ${HASH}, key: x }\n`,
      ),
    ).toEqual([
      '1:10 file.version must be 1',
      expect.stringMatching(/^3:15 file\.keys\[0\]\.sha256 must be the SHA-256 of a key/),
      expect.stringMatching(/^3:30 file\.keys\[0\]\.consumer must be a name of 1 to 128 visible/),
      expect.stringMatching(/^4:5 file\.keys\[1\] must have the member "consumer"/),
      expect.stringMatching(/^4:\d+ file\.keys\[1\] has no member "key"/),
    ]);
  });

  it.each([
    ['an expiry without time', ', expires: 2030-01-31'],
    ['an expiry without zone', ', expires: 2030-01-31T00:00:00'],
    ['an expiry on a day that does not exist', ', expires: 2030-02-30T00:00:00Z'],
    ['an expiry that is a number', ', expires: 1900000000'],
    ['a scope with a quote', `, scopes: ['a"b']`],
    ['a scope with a space', ', scopes: [a b]'],
    ['a scope that is no list', ', scopes: admin'],
    ['a name with a line break', ', name: "a\\nb"'],
    ['a member twice', ', consumer: evil'],
  ])('refuses %s', (_what, members) => {
    expect(problemsIn(withKey(''))).toEqual([]);
    expect(problemsIn(withKey(members))).toHaveLength(1);
  });

  it('refuses one hash twice: which consumer it stands for would depend on the order', () => {
    const twice = `${withKey('')}\n  - { sha256: ${HASH.toUpperCase()}, consumer: other }`;
    expect(problemsIn(twice)).toEqual(['4:5 file.keys[1] has the sha256 of file.keys[0]']);
  });

  it.each(['', '# nothing', 'keys: []', 'version: 1', '[]', 'version: 1\nkeys: {}', ': {'])(
    'refuses %j',
    (text) => {
      expect(problemsIn(text)).not.toEqual([]);
    },
  );
});
