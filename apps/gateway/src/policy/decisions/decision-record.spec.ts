import { parsePolicyFile } from '../policy-file.js';
import { LivePolicyFile } from '../live-policy-file.js';
import { DecisionRecord, type DecidedExchange } from './decision-record.js';

function fileOf(text: string): LivePolicyFile {
  const parsed = parsePolicyFile(`version: 1\n${text}`);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return LivePolicyFile.of(parsed.file);
}

const PLAIN = fileOf('');
const MATCHING = fileOf(`
routes: [{ name: beta, match: { service: users, headers: { X-Beta: "1" }, query: { v: "2" } } }]
services: { users: { rateLimits: [{ name: a, requests: 1, per: 1s, key: "header:x-tenant" }] } }
`);

const exchangeOf = (
  target: string,
  fields: Readonly<Record<string, string>> = {},
  others: Partial<DecidedExchange> = {},
): DecidedExchange => ({
  startedAt: 1,
  requestId: 'id',
  method: 'GET',
  target,
  clientAddress: '10.0.0.1',
  scheme: 'http',
  publicHost: undefined,
  contentLength: -1,
  bodyBytes: 0,
  status: 200,
  problemCode: undefined,
  refusal: undefined,
  identity: undefined,
  route: undefined,
  header: (name) => fields[name],
  ...others,
});

const recordOf = (file: LivePolicyFile, ...exchanges: readonly DecidedExchange[]) => {
  const record = new DecisionRecord(file, (token) => token === 'a:valid', 3);
  for (const exchange of exchanges) record.write(exchange);
  return { record, decisions: [...record.decisions()] };
};

describe('DecisionRecord', () => {
  it('keeps the latest decisions, the oldest first', () => {
    const { record, decisions } = recordOf(
      PLAIN,
      ...['/1', '/2', '/3', '/4'].map((path) => exchangeOf(path)),
    );
    expect([record.count, decisions.map(({ target }) => target)]).toEqual([3, ['/2', '/3', '/4']]);
  });

  it('leaves out decisions that are overwritten while they are read', () => {
    const { record } = recordOf(PLAIN, exchangeOf('/1'), exchangeOf('/2'), exchangeOf('/3'));
    const reading = record.decisions();
    expect(reading.next().value?.target).toBe('/1');
    record.write(exchangeOf('/4'));
    record.write(exchangeOf('/5'));
    expect([...reading].map(({ target }) => target)).toEqual(['/3']);
  });

  it('records that a request had credentials, not which', () => {
    const fields = { authorization: 'Bearer a.b.c', 'x-instance-token': 'a:valid' };
    const { decisions } = recordOf(PLAIN, exchangeOf('/1', fields));
    expect([...decisions[0]!.fields]).toEqual([
      ['authorization', 'Bearer'],
      ['x-instance-token', '*'],
    ]);
  });

  it('records an invalid token of an instance as none', () => {
    const { decisions } = recordOf(PLAIN, exchangeOf('/1', { 'x-instance-token': 'a:bogus' }));
    expect(decisions[0]!.fields.get('x-instance-token')).toBeUndefined();
  });

  it.each([
    ['key-1234 tail', '*'],
    ['Basic YTpi', '*'],
    ['Bearer', 'Bearer'],
    ['Bearer\tkey-1234 a', 'Bearer'],
    ['key-1234, Bearer a.b.c', 'Bearer'],
  ])('records of %j no more than whether it names a token', (authorization, recorded) => {
    const { decisions } = recordOf(PLAIN, exchangeOf('/1', { authorization }));
    expect(decisions[0]!.fields.get('authorization')).toBe(recorded);
  });

  it('records header fields and queries that routes and limits depend on, and no others', () => {
    const exchange = exchangeOf('/1?v=2', { 'x-beta': '1', 'x-other': 'a' });
    const [plain] = recordOf(PLAIN, exchange).decisions;
    expect([plain!.target, plain!.fields.has('x-beta')]).toEqual(['/1?…', false]);
    const [matching] = recordOf(MATCHING, exchange).decisions;
    expect(matching!.target).toBe('/1?v=2');
    expect([...matching!.fields].slice(2)).toEqual([
      ['x-beta', '1'],
      ['x-tenant', undefined],
    ]);
  });

  it('records the fields of a preflight', () => {
    const exchange = exchangeOf('/1', { origin: 'https://a.example' }, { method: 'OPTIONS' });
    expect(recordOf(PLAIN, exchange).decisions[0]!.fields.get('origin')).toBe('https://a.example');
  });

  it('marks a request that is too long to record', () => {
    const long = `/${'a'.repeat(1000)}`;
    const { decisions } = recordOf(PLAIN, exchangeOf(long), exchangeOf('/1'));
    expect(decisions.map(({ isCut }) => isCut)).toEqual([true, false]);
    expect(long.startsWith(decisions[0]!.target)).toBe(true);
  });
});
