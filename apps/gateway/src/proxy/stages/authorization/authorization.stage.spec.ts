import type { AuthorizationEntry } from '../../../policy/members/authorization.js';
import type { Identity } from '../../exchange/exchange-state.js';
import { accessDenied } from '../../exchange/problems.js';
import type { PreviewRequest } from '../../exchange/stage.js';
import { FakeExchange } from '../../testing/fake-exchange.js';
import { AuthorizationStage } from './authorization.stage.js';

const caller = (members: Partial<Identity> = {}): Identity => ({
  consumer: 'acme',
  provider: 'corp',
  scopes: [],
  claims: {},
  fields: new Map(),
  ...members,
});

const entry = (members: Partial<AuthorizationEntry>): AuthorizationEntry => ({
  scopes: undefined,
  claims: undefined,
  consumers: undefined,
  ...members,
});

const claims = (name: string, ...values: string[]) => entry({ claims: new Map([[name, values]]) });

function decide(anyOf: readonly AuthorizationEntry[], identity: Identity | undefined) {
  const reasons: string[] = [];
  const counts = { allowed: 0, shadow: 0, refused: { add: (reason: string) => void reasons.push(reason) } };
  const stage = new AuthorizationStage(
    anyOf,
    { isBearer: (name) => name === 'corp', unauthenticated: () => accessDenied('as authentication refuses') },
    counts,
  );
  const exchange = new FakeExchange();
  exchange.identity = identity;
  const decision = stage.request(exchange);
  const preview = stage.preview({ identity } as PreviewRequest);
  expect(preview.decision).toBe(decision ? 'respond' : 'continue');
  expect(preview.reply).toEqual(decision);
  expect([counts.allowed, reasons.length]).toEqual(decision ? [0, 1] : [1, 0]);
  const problem = decision && 'code' in decision ? decision : undefined;
  return { problem, reasons, refusal: exchange.refusal };
}

const admits = (anyOf: readonly AuthorizationEntry[], identity: Identity): boolean =>
  decide(anyOf, identity).problem === undefined;

describe('The authorization stage', () => {
  it('asks for all scopes of an entry', () => {
    const both = [entry({ scopes: ['a', 'b'] })];
    expect(admits(both, caller({ scopes: ['b', 'c', 'a'] }))).toBe(true);
    expect(admits(both, caller({ scopes: ['a'] }))).toBe(false);
    expect(admits(both, caller({ scopes: ['a b', 'ab', 'A', 'B'] }))).toBe(false);
  });

  it('asks for all conditions of an entry, and for one entry', () => {
    const anyOf = [entry({ scopes: ['write'], consumers: ['acme'] }), entry({ scopes: ['admin'] })];
    expect(admits(anyOf, caller({ scopes: ['write'] }))).toBe(true);
    expect(admits(anyOf, caller({ scopes: ['write'], consumer: 'other' }))).toBe(false);
    expect(admits(anyOf, caller())).toBe(false);
    expect(admits(anyOf, caller({ scopes: ['admin'], consumer: 'other' }))).toBe(true);
  });

  it.each([
    ['a text', 'gold', true],
    ['another text', 'Gold', false],
    ['a list that contains it', ['silver', 'gold'], true],
    ['a list that does not', ['silver', 1], false],
    ['a number', 42, true],
    ['another number', 42.5, false],
    ['a boolean', true, true],
    ['another boolean', false, false],
    ['null', null, false],
    ['nothing', undefined, false],
    ['a mapping', { gold: 'gold' }, false],
    ['a mapping that pretends to be a text', { toString: () => 'gold', length: 1, 0: 'gold' }, false],
    ['a list in a list', [['gold']], false],
    ['a mapping in a list', [{ name: 'gold' }], false],
  ])('compares the values of a claim that is %s', (_what, value, isMet) => {
    expect(admits([claims('plan', 'gold', '42', 'true')], caller({ claims: { plan: value } }))).toBe(isMet);
  });

  it('takes no property of all objects for a claim', () => {
    const anyOf = ['constructor', 'toString', '__proto__'].map((name) =>
      claims(name, 'gold', '[object Object]'),
    );
    expect(admits(anyOf, caller())).toBe(false);
  });

  it('asks for all claims of an entry', () => {
    const anyOf = [entry({ claims: new Map(Object.entries({ plan: ['gold'], country: ['KR', 'JP'] })) })];
    expect(admits(anyOf, caller({ claims: { plan: 'gold', country: 'JP' } }))).toBe(true);
    expect(admits(anyOf, caller({ claims: { plan: 'gold' } }))).toBe(false);
  });

  it('refuses with 403, and tells clients with bearer tokens which scopes are enough', () => {
    const anyOf = [
      entry({ scopes: ['admin'], consumers: ['root'] }),
      entry({ scopes: ['orders:read', 'orders:write'] }),
    ];
    const { problem, reasons, refusal } = decide(anyOf, caller({ scopes: ['orders:read'] }));
    expect([problem?.status, problem?.code, problem?.headers]).toEqual([
      403,
      'forbidden',
      { 'www-authenticate': 'Bearer error="insufficient_scope", scope="orders:read orders:write"' },
    ]);
    expect(reasons).toEqual(['forbidden']);
    expect(refusal).toBe('authorization: the caller does not meet anyOf[0] (consumers), anyOf[1] (scopes)');
    expect(decide([claims('plan', 'gold')], caller()).problem?.headers).toEqual({
      'www-authenticate': 'Bearer error="insufficient_scope"',
    });
    expect(decide(anyOf, caller({ provider: 'partners' })).problem?.headers).toEqual({});
  });

  it('refuses callers that are not authenticated as authentication does', () => {
    const { problem, reasons, refusal } = decide([entry({ scopes: ['a'] })], undefined);
    expect([problem?.message, reasons, refusal]).toEqual([
      'as authentication refuses',
      ['unauthenticated'],
      'authorization: the caller is not authenticated',
    ]);
  });
});
