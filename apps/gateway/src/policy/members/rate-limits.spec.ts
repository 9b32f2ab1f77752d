import { parsePolicyFile } from '../policy-file.js';
import type { RateLimit } from './rate-limits.js';

const FILE = `version: 1
authentication: { apiKey: { partners: { keysFile: keys.yaml, consumerHeader: X-Consumer } } }
`;

const problemsIn = (text: string): string[] => {
  const parsed = parsePolicyFile(FILE + text);
  return 'problems' in parsed ? parsed.problems.map(({ line, message }) => `${line}: ${message}`) : [];
};

function limitsIn(limits: string): readonly RateLimit[] {
  const parsed = parsePolicyFile(`${FILE}defaults: { auth: { anyOf: [partners] }, rateLimits: ${limits} }`);
  if (!('file' in parsed)) throw new Error(JSON.stringify(parsed.problems));
  return (parsed.file.defaults.get('rateLimits') as unknown as { value: readonly RateLimit[] }).value;
}

describe('rateLimits in the policy file', () => {
  it('have defaults', () => {
    expect(limitsIn('[{ name: a, requests: 20, per: 1m }]')).toEqual([
      {
        name: 'a',
        requests: 20,
        per: 60_000,
        burst: 20,
        key: { from: 'client' },
        cost: 1,
        shared: false,
        shadow: false,
        onStoreDown: 'local',
      },
    ]);
  });

  it.each([
    ['client', { from: 'client' }],
    ['consumer', { from: 'consumer' }],
    ['service', { from: 'service' }],
    ['header:X-Tenant', { from: 'header', name: 'x-tenant' }],
    ['claim:org/id', { from: 'claim', name: 'org/id' }],
  ])('accept the key %s', (key, expected) => {
    expect(limitsIn(`[{ name: a, requests: 1, per: 1s, key: "${key}" }]`)[0]?.key).toEqual(expected);
  });

  it.each([
    ['[]', 'must be a list that is not empty'],
    ['[{ name: a, per: 1s }]', 'must have the member "requests"'],
    ['[{ name: a b, requests: 1, per: 1s }]', 'name must be a name of letters'],
    ['[{ name: a, requests: 0, per: 1s }]', 'requests must be a whole number from 1 to 1000000000'],
    ['[{ name: a, requests: 1, per: 60 }]', 'per must be a duration from 1ms to 24h'],
    ['[{ name: a, requests: 1, per: 25h }]', 'per must be a duration'],
    [
      '[{ name: a, requests: 1, per: 1s, key: cookie }]',
      'key must be client, consumer, service, header:NAME or',
    ],
    ['[{ name: a, requests: 1, per: 1s, key: "header:x y" }]', 'key must be client'],
    [
      '[{ name: a, requests: 1, per: 1s, key: "header:x-consumer" }]',
      'a header field that an authentication provider',
    ],
    ['[{ name: a, requests: 9, per: 1s, burst: 2, cost: 3 }]', 'has a cost above its burst (2)'],
    ['[{ name: a, requests: 20000000, per: 24h }]', 'too large a burst for its period (at most 13031248)'],
    ['[{ name: a, requests: 1, per: 1s, onStoreDown: open }]', 'has "onStoreDown" without "shared: true"'],
    [
      '[{ name: a, requests: 1, per: 1s, shared: true, onStoreDown: shut }]',
      'must be local or open or closed',
    ],
    [
      '[{ name: a, requests: 1, per: 1s }, { name: a, requests: 2, per: 2s }]',
      'two limits with the name "a"',
    ],
    ['[{ name: a, requests: 1, per: 1s, rate: 2 }]', 'has no member "rate"'],
  ])('refuse %s', (limits, message) => {
    expect(problemsIn(`defaults: { rateLimits: ${limits} }`)).toEqual([expect.stringContaining(message)]);
  });

  it('refuse a key that needs a caller where callers are not authenticated, at the level that causes it', () => {
    const perUser = 'rateLimits: [{ name: per-user, requests: 1, per: 1s, key: consumer }]';
    const perTenant = 'rateLimits: [{ name: per-tenant, requests: 1, per: 1s, key: "claim:t" }]';
    const auth = 'auth: { anyOf: [partners] }';
    const match = 'match: { service: users }';
    const needs = (limit: string, key: string) =>
      `has the rate limit "${limit}" by ${key}, which needs "auth" with providers`;
    expect(problemsIn(`defaults: { ${perUser} }`)).toEqual([`3: defaults ${needs('per-user', 'consumer')}`]);
    expect(problemsIn(`defaults: { ${auth}, ${perUser} }\nservices: { users: { auth: none } }`)).toEqual([
      `4: services.users ${needs('per-user', 'consumer')}`,
    ]);
    const route = (members: string) => `\nroutes: [{ name: a, ${match}, ${members} }]`;
    expect(problemsIn(`services: { users: { auth: none } }${route(perTenant)}`)).toEqual([
      `4: routes[0] ${needs('per-tenant', 'claim')}`,
    ]);
    expect(problemsIn(`services: { users: { ${auth} } }${route(perTenant)}`)).toEqual([]);
    expect(problemsIn(`defaults: { ${auth}, ${perUser} }${route('timeouts: { request: 1s }')}`)).toEqual([]);
  });
});
