import type { Problem } from '#contracts';
import type { Identity } from '../../exchange/exchange-state.js';
import type { Decision } from '../../exchange/stage.js';
import { FakeExchange } from '../../testing/fake-exchange.js';
import { AuthenticationStage } from './authentication.stage.js';
import { OTHER_ISSUER, type Authenticator, type Unavailable, type Verdict } from './authenticator.js';

const ABSENT: Verdict = { kind: 'absent' };
const UNAVAILABLE: Unavailable = { kind: 'unavailable', reason: 'no keys', retryAfterSeconds: 7 };
const refused = (reason: string): Verdict => ({ kind: 'refused', reason });
const identity: Identity = { consumer: 'alice', provider: 'p', scopes: [], claims: {}, fields: new Map() };
const ACCEPTED: Verdict = { kind: 'accepted', identity };

const asked: string[] = [];
const used: string[] = [];
beforeEach(() => {
  asked.length = used.length = 0;
});

const provider = (
  name: string,
  verdict: Verdict | Promise<Verdict>,
  scheme: Authenticator['scheme'] = 'Bearer',
  outage?: Unavailable,
): Authenticator => ({
  name,
  scheme,
  keyField: scheme === 'ApiKey' ? `x-${name}` : undefined,
  outage,
  authenticate: () => {
    asked.push(name);
    return verdict;
  },
  preview: () => verdict,
  recordUse: () => void used.push(name),
  state: () => ({
    name,
    kind: 'jwt',
    source: '',
    isAvailable: true,
    loadedAt: null,
    lastError: null,
    keys: [],
  }),
  close: () => undefined,
});

function stageOf(authenticators: readonly Authenticator[], { optional = false, totalMs = 0 } = {}) {
  const counts = {
    allowed: 0,
    shadow: 0,
    reasons: [] as string[],
    refused: { add: (reason: string) => void counts.reasons.push(reason) },
  };
  return {
    stage: new AuthenticationStage({ optional, authenticators, realm: 'users', totalMs, counts }),
    counts,
  };
}

const later = (verdict: Verdict): Promise<Verdict> => Promise.resolve(verdict);

describe('The authentication stage', () => {
  it.each([
    ['the only provider', [ACCEPTED]],
    ['a later provider', [ABSENT, refused('x'), UNAVAILABLE, ACCEPTED]],
  ])('continues at once if %s accepts at once', (_what, verdicts) => {
    const { stage, counts } = stageOf(verdicts.map((verdict, i) => provider(`p${i}`, verdict)));
    const exchange = new FakeExchange();
    expect(stage.request(exchange)).toBeUndefined();
    expect([exchange.identity, counts.allowed, used]).toEqual([identity, 1, [`p${verdicts.length - 1}`]]);
  });

  it.each([
    ['at once', (verdict: Verdict) => verdict],
    ['after a wait', later],
  ])('decides %s by the finding that says most', async (_when, as) => {
    const decide = async (...verdicts: Verdict[]) => {
      const { stage, counts } = stageOf(verdicts.map((verdict, i) => provider(`p${i}`, as(verdict))));
      const exchange = new FakeExchange();
      const problem = (await stage.request(exchange)) as Problem | undefined;
      return [problem?.status, exchange.refusal, counts.reasons, counts.allowed];
    };
    expect(await decide(ABSENT, ACCEPTED)).toEqual([undefined, undefined, [], 1]);
    expect(await decide(ABSENT, ABSENT)).toEqual([
      401,
      'authentication: no credentials',
      ['no credentials'],
      0,
    ]);
    expect(await decide(refused('a'), ABSENT)).toEqual([401, 'authentication: p0: a', ['a'], 0]);
    expect(await decide(refused(OTHER_ISSUER), refused('a'))).toEqual([
      401,
      'authentication: p1: a',
      ['a'],
      0,
    ]);
    expect(await decide(refused('a'), refused(OTHER_ISSUER))).toEqual([
      401,
      'authentication: p0: a',
      ['a'],
      0,
    ]);
    expect(await decide(refused('a'), UNAVAILABLE)).toEqual([
      503,
      'authentication: p1: no keys',
      ['no keys'],
      0,
    ]);
    expect(await decide(UNAVAILABLE, refused('a'))).toEqual([
      503,
      'authentication: p0: no keys',
      ['no keys'],
      0,
    ]);
    expect(await decide(ABSENT)).toEqual([401, 'authentication: no credentials', ['no credentials'], 0]);
  });

  it.each([
    ['at once', (verdict: Verdict) => verdict],
    ['after a wait', later],
  ])('%s refuses a token that no provider accepts, also beside a valid key', async (_when, as) => {
    const decide = async (...providers: Authenticator[]) => {
      const exchange = new FakeExchange();
      const problem = (await stageOf(providers).stage.request(exchange)) as Problem | undefined;
      return problem?.status ?? exchange.identity;
    };
    const key = (verdict: Verdict) => provider('key', as(verdict), 'ApiKey');
    const token = (verdict: Verdict) => provider('token', as(verdict));
    expect(await decide(token(refused('a')), key(ACCEPTED))).toBe(401);
    expect(await decide(key(ACCEPTED), token(refused('a')))).toBe(401);
    expect(await decide(key(ACCEPTED), token(UNAVAILABLE))).toBe(503);
    expect(await decide(key(ACCEPTED), token(ABSENT))).toBe(identity);
    expect(await decide(token(refused('a')), key(ACCEPTED), token(ACCEPTED))).toBe(identity);
    // Services never receive the key.
    expect(await decide(key(refused('a')), token(ACCEPTED))).toBe(identity);
  });

  it.each([
    [ABSENT, undefined],
    [refused('a'), 401],
    [UNAVAILABLE, 503],
  ])('with optional credentials responds to %j with %j', (verdict, status) => {
    const problem = stageOf([provider('p', verdict)], { optional: true }).stage.request(new FakeExchange());
    expect((problem as Problem | undefined)?.status).toBe(status);
  });

  it('refuses a request without credentials with 503 while no provider can check any', async () => {
    const [down, keysDown] = [
      provider('p', ABSENT, 'Bearer', UNAVAILABLE),
      provider('key', ABSENT, 'ApiKey', { ...UNAVAILABLE, reason: 'keys file unavailable' }),
    ];
    const decide = async (providers: readonly Authenticator[], optional = false) => {
      const { stage, counts } = stageOf(providers, { optional });
      const exchange = new FakeExchange();
      const problem = (await stage.request(exchange)) as Problem | undefined;
      return [problem?.status, problem?.headers['retry-after'], exchange.refusal, counts.reasons];
    };
    const unavailable = [503, '7', 'authentication: p: no keys', ['no keys']];
    expect(await decide([down])).toEqual(unavailable);
    expect(await decide([down, keysDown])).toEqual(unavailable);
    expect(await decide([down, provider('q', ABSENT)])).toEqual([
      401,
      undefined,
      'authentication: no credentials',
      ['no credentials'],
    ]);
    expect(await decide([down, keysDown], true)).toEqual([undefined, undefined, undefined, []]);
    const request = Object.assign(new FakeExchange(), { header: () => undefined });
    expect(await stageOf([down]).stage.preview(request)).toMatchObject({
      decision: 'respond',
      detail: 'p: no keys',
      reply: { status: 503 },
    });
  });

  it('names what each scheme needs, once, and an error for a refused token alone', () => {
    const challengeOf = (bearer: Verdict, key: Verdict): string | undefined =>
      (
        stageOf([provider('a', bearer), provider('b', bearer), provider('key', key, 'ApiKey')]).stage.request(
          new FakeExchange(),
        ) as Problem
      ).headers['www-authenticate'];
    const key = 'ApiKey realm="users", header="x-key"';
    expect(challengeOf(ABSENT, ABSENT)).toBe(`Bearer realm="users", ${key}`);
    expect(challengeOf(ABSENT, refused('a'))).toBe(`Bearer realm="users", ${key}`);
    expect(challengeOf(refused('a'), ABSENT)).toBe(`Bearer realm="users", error="invalid_token", ${key}`);
  });

  it('says when to retry', () => {
    const problem = stageOf([provider('p', UNAVAILABLE)]).stage.request(new FakeExchange()) as Problem;
    expect(problem.headers).toEqual({ 'retry-after': '7' });
  });

  it('stops waiting when the time of the request is over', async () => {
    const never = new Promise<Verdict>(() => undefined);
    const { stage } = stageOf([provider('p', never), provider('q', ACCEPTED)], { totalMs: 30 });
    const exchange = new FakeExchange();
    const problem = (await stage.request(exchange)) as Problem;
    expect([problem.status, exchange.refusal]).toEqual([503, 'authentication: p: deadline passed']);
  });

  it('decides nothing once the client has left', async () => {
    let decide: (verdict: Verdict) => void = () => undefined;
    const pending = new Promise<Verdict>((resolve) => (decide = resolve));
    const { stage, counts } = stageOf([provider('p', pending)]);
    const exchange = new FakeExchange();
    const decision = stage.request(exchange);
    exchange.isOver = true;
    decide(ACCEPTED);
    expect([await decision, exchange.identity, counts.allowed, used]).toEqual([undefined, undefined, 0, []]);
  });

  it('lets an unexpected error through, which ends the exchange with 500', async () => {
    const { stage } = stageOf([provider('p', Promise.reject(new Error('bug')))]);
    await expect(stage.request(new FakeExchange()) as Promise<Decision>).rejects.toThrow('bug');
  });

  it('previews without authenticating or recording a use', async () => {
    const request = Object.assign(new FakeExchange(), { header: () => undefined });
    const preview = (verdict: Verdict) =>
      stageOf([provider('p', later(verdict))]).stage.preview(Object.assign(request, { identity: undefined }));
    expect(await preview(ACCEPTED)).toEqual({ decision: 'continue', detail: 'p accepts alice' });
    expect(request.identity).toBe(identity);
    expect(await preview(refused('a'))).toMatchObject({
      decision: 'respond',
      detail: 'p: a',
      reply: { status: 401 },
    });
    expect(await preview(ABSENT)).toMatchObject({ decision: 'respond', detail: 'no credentials' });
    expect([asked, used]).toEqual([[], []]);
  });
});
