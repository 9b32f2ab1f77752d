import { LivePolicyFile } from '../../policy/live-policy-file.js';
import type { FileOnlyMembers } from '../../policy/file-only-members.js';
import { parsePolicyFile, type PolicyFile } from '../../policy/policy-file.js';
import type { Identity } from '../exchange/exchange-state.js';
import { DecisionRecord, type DecidedExchange } from '../../policy/decisions/decision-record.js';
import { FakeExchange } from '../testing/fake-exchange.js';
import { instanceOf, tableOf } from '../testing/instances.js';
import { describeOutcome, type Outcome } from './outcome.js';
import { Replay } from './replay.js';

const internal = { 'gateway.internal-paths': '/internal' };
const SERVICES = tableOf(instanceOf({ id: 'a', metadata: internal })).current;

interface Corp {
  readonly issuer?: string;
  readonly audiences?: string;
  readonly algorithms?: string;
  readonly header?: string;
}

const providers = ({
  issuer = 'https://id',
  audiences = '[shop]',
  algorithms = '[RS256]',
  header = 'x-key',
}: Corp) => `
authentication:
  jwt: { corp: { issuer: "${issuer}", audiences: ${audiences}, algorithms: ${algorithms}, jwks: { file: a.json } } }
  apiKey: { partners: { header: ${header}, keysFile: a.yaml } }
`;

function fileOf(users: string, corp: Corp = {}): PolicyFile {
  const parsed = parsePolicyFile(`version: 1\n${providers(corp)}\nservices: { users: { ${users} } }`);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.file;
}

const TOKEN: Identity = {
  consumer: 'ann',
  provider: 'corp',
  scopes: ['read'],
  claims: { iss: 'https://id', aud: ['shop', 'admin'], plan: 'gold' },
  fields: new Map(),
};
const KEY: Identity = { ...TOKEN, consumer: 'acme', provider: 'partners', claims: {} };

const REQUIRED = 'auth: { anyOf: [corp, partners] }';
const BEARER = { authorization: 'Bearer a.b.c' };

/** What `next` decides on a request that was recorded under `present`. */
function outcomeOf(
  present: PolicyFile,
  next: PolicyFile,
  fields: Record<string, string>,
  result: Partial<DecidedExchange> = {},
  target = '/api/users/1',
): Outcome {
  const record = new DecisionRecord(LivePolicyFile.of(present), (token) => token === 'a', 1);
  const auth = present.services.get('users')?.get('auth') as { value: FileOnlyMembers['auth'] } | undefined;
  const route = { name: undefined, service: 'users', policy: { auth: auth?.value } };
  record.write(Object.assign(new FakeExchange('GET', target, fields), { route, ...result }));
  return new Replay(next, SERVICES).outcomeOf([...record.decisions()][0]!);
}

const ofToken = (next: PolicyFile): string => {
  const outcome = outcomeOf(fileOf(REQUIRED), next, BEARER, { identity: TOKEN });
  return outcome.unknown ?? `${describeOutcome(outcome)} ${outcome.reason ?? ''}`.trim();
};

describe('Replay', () => {
  it('accepts the token again, while a provider verifies tokens in the same way', () => {
    expect(ofToken(fileOf(REQUIRED))).toBe('forwarded to users');
    expect(ofToken(fileOf(REQUIRED, { audiences: '[admin]' }))).toBe('forwarded to users');
  });

  it.each([
    ['issuer', { issuer: 'https://other' }, '401 unauthenticated authentication: corp: other issuer'],
    ['audience', { audiences: '[blog]' }, '401 unauthenticated authentication: corp: audience'],
    ['algorithm', { algorithms: '[ES256]' }, 'what provider corp says of the credentials'],
  ])('says what becomes of a token with another %s', (_what, corp, expected) => {
    expect(ofToken(fileOf(REQUIRED, corp))).toBe(expected);
  });

  it('authorizes the recorded identity', () => {
    const withCondition = (entry: string) => fileOf(`${REQUIRED}, authorization: { anyOf: [ ${entry} ] }`);
    expect(ofToken(withCondition('{ claims: { plan: [gold] } }'))).toBe('forwarded to users');
    expect(ofToken(withCondition('{ scopes: [write] }'))).toMatch(/^403 forbidden .*anyOf\[0\] \(scopes\)/);
    expect(ofToken(withCondition('{ consumers: [ben] }'))).toMatch(
      /^403 forbidden .*anyOf\[0\] \(consumers\)/,
    );
  });

  it('repeats a refusal of the same provider, and cannot tell that of another one', () => {
    const result = { problemCode: 'unauthenticated', refusal: 'authentication: corp: expired', status: 401 };
    const refused = (next: PolicyFile) => outcomeOf(fileOf(REQUIRED), next, BEARER, result);
    expect(refused(fileOf(REQUIRED)).reason).toBe('authentication: corp: expired');
    expect(refused(fileOf(REQUIRED, { audiences: '[shop, x]' })).unknown).toContain('corp');
    expect(describeOutcome(refused(fileOf('auth: none')))).toBe('forwarded to users');
    const outage = {
      ...result,
      problemCode: 'authentication-unavailable',
      refusal: 'authentication: corp: no keys',
    };
    expect(outcomeOf(fileOf(REQUIRED), fileOf(REQUIRED), BEARER, outage).status).toBe(503);
  });

  it('cannot tell what becomes of credentials that no provider has seen', () => {
    const opened = (fields: Record<string, string>) =>
      outcomeOf(fileOf('auth: none'), fileOf(REQUIRED), fields);
    expect(opened(BEARER).unknown).toContain('corp');
    expect(opened({ 'x-key': 'msag_' }).unknown).toContain('partners');
    expect(opened({}).reason).toBe('authentication: no credentials');
    expect(opened({ authorization: 'Basic YTpi' }).status).toBe(401);
    expect(opened({ authorization: 'Basic YTpi, Bearer a.b.c' }).unknown).toContain('corp');
  });

  it('accepts a key from the same place, and cannot tell that of a field which is not recorded', () => {
    const withKey = (next: PolicyFile) =>
      outcomeOf(fileOf(REQUIRED), next, { 'x-key': 'msag_' }, { identity: KEY });
    expect(withKey(fileOf(REQUIRED)).service).toBe('users');
    expect(withKey(fileOf(REQUIRED, { header: 'x-other' })).unknown).toBe('header field x-other');
  });

  it('cannot tell a decision that depends on a query which is not recorded', () => {
    const parsed = parsePolicyFile(
      'version: 1\nroutes: [{ name: a, match: { service: users, query: { a: b } }, respond: { status: 204 } }]',
    ) as { file: PolicyFile };
    const present = fileOf('auth: none');
    expect(outcomeOf(present, parsed.file, {}, {}, '/api/users/?a=b').unknown).toBe('the query');
    expect(outcomeOf(present, parsed.file, {}, {}, '/api/users/').service).toBe('users');
  });

  it('opens internal paths to requests whose token was valid alone', () => {
    const at = (fields: Record<string, string>) =>
      outcomeOf(fileOf(''), fileOf(''), fields, {}, '/api/users/internal/x');
    expect(at({ 'x-instance-token': 'a' }).service).toBe('users');
    expect(at({}).problem).toBe('not-found');
    expect(at({ 'x-instance-token': 'bogus' }).problem).toBe('not-found');
  });

  it('applies rate limits on the clock of the record', () => {
    const file = fileOf('rateLimits: [{ name: a, requests: 1, per: 1s }]');
    const record = new DecisionRecord(LivePolicyFile.of(file), () => false, 4);
    for (const startedAt of [0, 900, 1_000, 1_100])
      record.write(Object.assign(new FakeExchange('GET', '/api/users/1'), { startedAt }));
    const replay = new Replay(file, SERVICES);
    const statuses = Array.from(record.decisions(), (decision) => replay.outcomeOf(decision).status);
    expect(statuses).toEqual([null, 429, null, 429]);
  });
});
