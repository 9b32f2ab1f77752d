import { rmSync, writeFileSync } from 'node:fs';
import { createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import {
  newSigningKey,
  signToken,
  tempDir,
  TestIssuer,
  waitFor,
  type SigningKey,
  type TestJwk,
} from '#testing';
import type { JwtProvider } from '../../../../policy/members/authentication.js';
import type { Verdict } from '../authenticator.js';
import { JwtAuthenticator } from './jwt.authenticator.js';

const folder = tempDir('jwt-');
const logged: string[] = [];
const log = (_fields: object, message: string): void => void logged.push(message);
const logger = { info: log, warn: log, error: log };
/** A whole second, so that the edges of times are exact. */
const START = Math.floor(Date.now() / 1000) * 1000;
const SECOND = 1000;
const HOUR = 3600 * SECOND;

let now = START;
let issuer: TestIssuer;
const opened: JwtAuthenticator[] = [];

beforeEach(async () => {
  now = START;
  logged.length = 0;
  issuer = await TestIssuer.start();
});
afterEach(async () => {
  for (const each of opened.splice(0)) each.close();
  await issuer.close();
});
afterAll(() => folder.remove());

const providerOf = (members: Partial<JwtProvider> = {}): JwtProvider => ({
  issuer: issuer.name,
  audiences: [issuer.audience, 'other'],
  algorithms: ['ES256', 'RS256'],
  jwks: { url: issuer.url, refresh: HOUR, file: undefined },
  clockSkew: 30 * SECOND,
  claimToHeaders: new Map([
    ['sub', 'x-user-id'],
    ['level', 'x-level'],
  ]),
  scopesHeader: undefined,
  ...members,
});

function start(members: Partial<JwtProvider> = {}, predecessor?: JwtAuthenticator): JwtAuthenticator {
  const around = { folder: folder.path, logger, now: () => now, statesCallers: false };
  const authenticator = new JwtAuthenticator('corp', providerOf(members), around, predecessor);
  opened.push(authenticator);
  return authenticator;
}

const fieldOf = (value: string | undefined) => ({ header: () => value });
const check = async (authenticator: JwtAuthenticator, token: string): Promise<Verdict> =>
  authenticator.authenticate(fieldOf(`Bearer ${token}`));

/** `accepted`, or the reason of another verdict. */
async function reasonOf(authenticator: JwtAuthenticator, token: string): Promise<string> {
  const verdict = await check(authenticator, token);
  return 'reason' in verdict ? `${verdict.kind}: ${verdict.reason}` : verdict.kind;
}

const withKeys = (keys: readonly TestJwk[], algorithms: JwtProvider['algorithms'] = ['ES256', 'RS256']) => {
  issuer.published = keys;
  return start({ algorithms });
};

const seconds = (): number => Math.floor(now / 1000);

describe('The Authorization field', () => {
  it.each([
    [undefined, 'absent'],
    ['', 'absent'],
    ['Basic dXNlcjpwYXNz', 'absent'],
    ['Bearerish abc', 'absent'],
    ['Bearer', 'refused: malformed'],
    ['Bearer  ', 'refused: malformed'],
    ['Bearer a b', 'refused: malformed'],
    ['Bearer a"b', 'refused: malformed'],
    ['bearer not-a-token', 'refused: malformed'],
    ['Bearer a.b.c, Bearer a.b.c', 'refused: malformed'],
    ['Basic dXNlcjpwYXNz, Bearer a.b.c', 'refused: malformed'],
    [`Bearer ${'a'.repeat(8 * 1024 + 1)}`, 'refused: too long'],
    [`Bearer ${'a'.repeat(1024 * 1024)}`, 'refused: too long'],
  ])('%.40s is %s', async (value, expected) => {
    const verdict = await start().authenticate(fieldOf(value));
    expect('reason' in verdict ? `${verdict.kind}: ${verdict.reason}` : verdict.kind).toBe(expected);
  });

  it.each(['Bearer ', 'bearer ', 'BEARER   '])('the scheme is case-insensitive: %s', async (scheme) => {
    const verdict = await start().authenticate(fieldOf(scheme + issuer.token()));
    expect(verdict.kind).toBe('accepted');
  });
});

describe('A token', () => {
  it('stands for an identity', async () => {
    const claims = { scope: 'orders:read  orders:write', level: 3, roles: ['a'] };
    expect(await check(start(), issuer.token(claims))).toEqual({
      kind: 'accepted',
      identity: {
        consumer: 'alice',
        provider: 'corp',
        scopes: ['orders:read', 'orders:write'],
        claims: expect.objectContaining(claims) as unknown,
        fields: new Map([
          ['x-user-id', 'alice'],
          ['x-level', '3'],
        ]),
      },
    });
  });

  it.each([
    [{ scp: ['a', 'b', 1] }, ['a', 'b']],
    [{ scp: 'a b' }, ['a', 'b']],
    [{ scope: '', scp: 'a' }, []],
    [{ scope: { a: 1 } }, []],
  ])('with %j has the scopes %j', async (claims, scopes) => {
    const verdict = await check(start(), issuer.token(claims));
    expect(verdict).toMatchObject({ identity: { scopes } });
  });

  it.each([
    [{ scope: 'a b' }, 'a b'],
    [{ scp: ['a', 'b c', 'd\r\nx-admin: 1', '"', '김', 'e'] }, 'a e'],
    [{}, ''],
  ])('with %j sends the scopes %j', async (claims, scopes) => {
    const verdict = await check(start({ scopesHeader: 'x-scopes' }), issuer.token(claims));
    expect(verdict.kind === 'accepted' && verdict.identity.fields.get('x-scopes')).toBe(scopes);
  });

  it.each([
    [{ sub: undefined, client_id: 'app', azp: 'other' }, 'app'],
    [{ sub: undefined, azp: 'other' }, 'other'],
    [{ sub: '', client_id: 7 }, ''],
  ])('with %j is of consumer %j', async (claims, consumer) => {
    expect(await check(start(), issuer.token(claims))).toMatchObject({ identity: { consumer } });
  });

  it.each([
    [{ level: true }, 'true'],
    [{ level: '김' }, Buffer.from('김').toString('latin1')],
    [{ level: undefined }, undefined],
    [{ level: null }, undefined],
  ])('with %j sets the field to %j', async (claims, value) => {
    const verdict = await check(start(), issuer.token(claims));
    expect(verdict.kind === 'accepted' && verdict.identity.fields.get('x-level')).toBe(value);
  });

  it.each(['a\r\nx-admin: 1', 'a\nb', 'a\u0000', ' a', 'a\t', ['a'], { a: 1 }])(
    'with a claim that is no field value is refused: %j',
    async (level) => {
      expect(await reasonOf(start(), issuer.token({ level }))).toBe('refused: claim value');
    },
  );

  it('with a claim that is no own member sets no field', async () => {
    const claimToHeaders = new Map([['constructor', 'x-user-id']]);
    const verdict = await check(start({ claimToHeaders }), issuer.token());
    expect(verdict).toMatchObject({ kind: 'accepted', identity: { fields: new Map() } });
  });

  it.each([
    [{ exp: undefined }, 'no expiry'],
    [{ exp: '9999999999' }, 'no expiry'],
    [{ aud: 'elsewhere' }, 'audience'],
    [{ aud: undefined }, 'audience'],
    [{ aud: ['elsewhere', 'shop2'] }, 'audience'],
    [{ iss: 'https://issuer.example' }, 'other issuer'],
    [{ iss: undefined }, 'other issuer'],
    [{ iss: ['https://issuer.example/'] }, 'other issuer'],
  ])('with %j is refused: %s', async (claims, reason) => {
    expect(await reasonOf(start(), issuer.token(claims))).toBe(`refused: ${reason}`);
  });

  it('may have several audiences, one of which is configured', async () => {
    expect(await reasonOf(start(), issuer.token({ aud: ['elsewhere', 'other'] }))).toBe('accepted');
  });

  it('is refused from the second on in which it expires, with the tolerated difference of clocks', async () => {
    const edge = (exp: number) => reasonOf(start(), issuer.token({ exp }));
    expect(await edge(seconds() - 29)).toBe('accepted');
    expect(await edge(seconds() - 30)).toBe('refused: expired');
    const exact = start({ clockSkew: 0 });
    expect(await reasonOf(exact, issuer.token({ exp: seconds() + 1 }))).toBe('accepted');
    expect(await reasonOf(exact, issuer.token({ exp: seconds() }))).toBe('refused: expired');
  });

  it('is refused before it is valid, with the tolerated difference of clocks', async () => {
    const edge = (nbf: number) => reasonOf(start(), issuer.token({ nbf }));
    expect(await edge(seconds() + 30)).toBe('accepted');
    expect(await edge(seconds() + 31)).toBe('refused: not yet valid');
  });

  it.each([
    [{ typ: undefined }, 'accepted'],
    [{ typ: 'at+jwt' }, 'accepted'],
    [{ typ: 'application/AT+JWT' }, 'accepted'],
    [{ typ: 'logout+jwt' }, 'refused: token type'],
    [{ typ: 'dpop+jwt' }, 'refused: token type'],
    [{ typ: 7 }, 'refused: token type'],
    [{ crit: ['exp'], exp: 1 }, 'refused: critical extension'],
    [{ crit: [] }, 'refused: critical extension'],
    [{ b64: false, crit: ['b64'] }, 'refused: critical extension'],
    [{ jku: 'http://127.0.0.1/jwks.json' }, 'refused: embedded key'],
    [{ x5u: 'http://127.0.0.1/cert' }, 'refused: embedded key'],
    [{ x5c: ['MII'] }, 'refused: embedded key'],
    [{ jwk: {} }, 'refused: embedded key'],
    [{ kid: 7 }, 'refused: malformed'],
    [{ alg: undefined }, 'refused: malformed'],
    [{ alg: 'none' }, 'refused: algorithm'],
    [{ alg: 'NONE' }, 'refused: algorithm'],
    [{ alg: 'ES384' }, 'refused: algorithm'],
    [{ alg: 'RS256' }, 'refused: unknown key'],
  ])('with the head %j is %s', async (head, expected) => {
    expect(await reasonOf(start(), issuer.token({}, head))).toBe(expected);
  });

  it('signed by the key that it brings is refused', async () => {
    const own = newSigningKey(issuer.key.kid);
    expect(await reasonOf(start(), issuer.token({}, { jwk: own.jwk }, own))).toBe('refused: embedded key');
    expect(await reasonOf(start(), issuer.token({}, {}, own))).toBe('refused: signature');
  });

  it.each(['', 'A'])('with "none" and the signature %j is refused', async (signature) => {
    const unsigned = issuer.token({}, { alg: 'none' }).replace(/[^.]*$/, signature);
    expect(await reasonOf(start(), unsigned)).toMatch(/^refused/);
  });

  it.each(['a.b', 'a.b.c.d.e', '..', 'e30.e30.', 'W10.W10.A'])('%j is refused', async (token) => {
    expect(await reasonOf(start(), token)).toMatch(/^refused/);
  });

  it('with changed claims is refused', async () => {
    const [head, , signature] = issuer.token().split('.');
    const [, claims] = issuer.token({ sub: 'root' }).split('.');
    expect(await reasonOf(start(), `${head}.${claims}.${signature}`)).toBe('refused: signature');
  });
});

describe('Keys and algorithms', () => {
  const asSecret = (kid: string, secret: Buffer): SigningKey => ({ alg: 'HS256', kid, secret, jwk: {} });

  it('a public key is no secret, in any form', async () => {
    const rsa = newSigningKey('rsa', 'RS256');
    const authenticator = withKeys([rsa.jwk]);
    const pem = createPublicKey({ key: rsa.jwk as never, format: 'jwk' }).export({
      format: 'pem',
      type: 'spki',
    });
    for (const secret of [
      Buffer.from(pem),
      Buffer.from(JSON.stringify(rsa.jwk)),
      Buffer.from(String(rsa.jwk.n), 'base64url'),
    ])
      expect(await reasonOf(authenticator, issuer.token({}, {}, asSecret('rsa', secret)))).toBe(
        'refused: algorithm',
      );
    expect(await reasonOf(authenticator, issuer.token({}, {}, rsa))).toBe('accepted');
  });

  it('a secret accepts no signature of a key, and a key set of secrets needs a symmetric algorithm', async () => {
    const secret = newSigningKey('s', 'HS256');
    const symmetric = withKeys([secret.jwk], ['HS256']);
    expect(await reasonOf(symmetric, issuer.token({}, {}, secret))).toBe('accepted');
    expect(await reasonOf(symmetric, issuer.token({}, { kid: 's' }))).toBe('refused: algorithm');
    expect(await reasonOf(withKeys([secret.jwk]), issuer.token({}, {}, secret))).toBe('refused: algorithm');
  });

  it('public keys serve no symmetric algorithm', async () => {
    const symmetric = withKeys([issuer.key.jwk], ['HS256']);
    const forged = issuer.token(
      {},
      {},
      asSecret(issuer.key.kid, Buffer.from(JSON.stringify(issuer.key.jwk))),
    );
    expect(await reasonOf(symmetric, forged)).toBe('refused: unknown key');
  });

  it('a set that mixes secrets and public keys accepts nothing', async () => {
    const secret = newSigningKey('s', 'HS256');
    const keys = [issuer.key.jwk, secret.jwk];
    for (const algorithms of [['ES256'], ['HS256']] as const)
      for (const key of [issuer.key, secret])
        expect(await reasonOf(withKeys(keys, algorithms), issuer.token({}, {}, key))).toMatch(/^refused/);
    expect(opened[0]?.state().warnings).toEqual([
      'the set mixes symmetric and asymmetric keys; none is used',
    ]);
  });

  it('keys with the same id are not used, others are', async () => {
    const [a, b] = [newSigningKey('same'), newSigningKey('same')];
    const authenticator = withKeys([a.jwk, b.jwk, issuer.key.jwk]);
    expect(await reasonOf(authenticator, issuer.token({}, {}, a))).toBe('refused: ambiguous key');
    expect(await reasonOf(authenticator, issuer.token())).toBe('accepted');
    const rsa = newSigningKey('same', 'RS256');
    expect(await reasonOf(withKeys([a.jwk, rsa.jwk]), issuer.token({}, {}, a))).toBe(
      'refused: ambiguous key',
    );
  });

  it('a token without a key id needs a set with one key that fits', async () => {
    expect(await reasonOf(start(), issuer.token({}, { kid: undefined }))).toBe('accepted');
    const two = withKeys([issuer.key.jwk, newSigningKey('second').jwk]);
    expect(await reasonOf(two, issuer.token({}, { kid: undefined }))).toBe('refused: ambiguous key');
  });

  it.each([
    ['for encryption', (jwk: TestJwk) => ({ ...jwk, use: 'enc' })],
    ['for other operations', (jwk: TestJwk) => ({ ...jwk, key_ops: ['sign'] })],
    ['for another algorithm', (jwk: TestJwk) => ({ ...jwk, alg: 'ES384' })],
    ['private', (jwk: TestJwk) => ({ ...jwk, d: 'AAAA' })],
    ['on another curve', (jwk: TestJwk) => ({ ...jwk, crv: 'P-384' })],
    ['broken', (jwk: TestJwk) => ({ ...jwk, x: 7, kid: 'first' })],
  ])('a key is not used if it is %s', async (_what, change) => {
    expect(await reasonOf(withKeys([change(issuer.key.jwk)]), issuer.token())).toMatch(
      /^refused: (unknown|unusable) key$/,
    );
  });

  it('an RSA key of less than 2048 bits, or a secret shorter than its hash, is not used', async () => {
    const small = newSigningKey('small', 'RS256', 1024);
    expect(await reasonOf(withKeys([small.jwk]), issuer.token({}, {}, small))).toBe('refused: unknown key');
    expect(opened[0]?.state().warnings).toEqual(['a key is not used: it has less than 2048 bits']);
    const short = { ...newSigningKey('s', 'HS256'), secret: Buffer.alloc(31, 1) };
    const jwk = { ...short.jwk, k: short.secret.toString('base64url') };
    expect(await reasonOf(withKeys([jwk], ['HS256']), issuer.token({}, {}, short))).toBe(
      'refused: unknown key',
    );
  });
});

describe('Remembered tokens', () => {
  it('are accepted without a promise until they expire', async () => {
    const authenticator = start();
    const token = issuer.token({ exp: seconds() + 60 });
    const again = (): Verdict | Promise<Verdict> => authenticator.authenticate(fieldOf(`Bearer ${token}`));
    expect(again()).toBeInstanceOf(Promise);
    await check(authenticator, token);
    expect(again()).toMatchObject({ kind: 'accepted' });
    now += 89 * SECOND;
    expect(again()).toMatchObject({ kind: 'accepted' });
    now += SECOND;
    expect(await again()).toEqual({ kind: 'refused', reason: 'expired' });
    expect(authenticator.lookups).toEqual({ hits: 2, misses: 3 });
  });

  it('with a wrong signature are refused without a promise; others are verified again', async () => {
    const authenticator = start();
    const forged = issuer.token({}, {}, newSigningKey('first'));
    const early = issuer.token({ nbf: seconds() + 40 });
    for (const token of [forged, early]) await check(authenticator, token);
    expect(authenticator.authenticate(fieldOf(`Bearer ${forged}`))).toEqual({
      kind: 'refused',
      reason: 'signature',
    });
    now += 10 * SECOND;
    expect(await reasonOf(authenticator, early)).toBe('accepted');
  });

  it('are forgotten when the keys change: a removed key stops its tokens', async () => {
    const authenticator = start();
    const old = issuer.token();
    expect(await reasonOf(authenticator, old)).toBe('accepted');
    const next = newSigningKey('next');
    issuer.published = [next.jwk];
    expect(await reasonOf(authenticator, issuer.token({}, {}, next))).toBe('accepted');
    expect(await reasonOf(authenticator, old)).toBe('refused: unknown key');
  });

  it('stay known when the key set is fetched again unchanged', async () => {
    const authenticator = start();
    const token = issuer.token();
    await check(authenticator, token);
    await reasonOf(authenticator, issuer.token({}, { kid: 'bogus' }));
    expect(issuer.fetches).toBe(2);
    expect(authenticator.authenticate(fieldOf(`Bearer ${token}`))).toMatchObject({ kind: 'accepted' });
  });
});

describe('A preview', () => {
  const previewOf = async (authenticator: JwtAuthenticator, token: string): Promise<Verdict> =>
    authenticator.preview(fieldOf(`Bearer ${token}`));

  it('verifies a token like a request, and remembers and counts nothing', async () => {
    const authenticator = start();
    const [token, forged] = [issuer.token(), issuer.token({}, {}, newSigningKey('first'))];
    await check(authenticator, issuer.token({ jti: 1 }));
    expect(await previewOf(authenticator, token)).toMatchObject({
      kind: 'accepted',
      identity: { consumer: 'alice' },
    });
    expect(await previewOf(authenticator, forged)).toEqual({ kind: 'refused', reason: 'signature' });
    expect(authenticator.preview(fieldOf(undefined))).toEqual({ kind: 'absent' });
    expect(authenticator.lookups).toEqual({ hits: 0, misses: 1 });
    for (const each of [token, forged])
      expect(authenticator.authenticate(fieldOf(`Bearer ${each}`))).toBeInstanceOf(Promise);
  });

  it('waits for no keys and fetches none', async () => {
    let release: () => void = () => undefined;
    issuer.respond = (_request, response) => {
      release = () => void response.end(JSON.stringify({ keys: [issuer.key.jwk] }));
    };
    const authenticator = start();
    expect(await previewOf(authenticator, issuer.token())).toEqual({
      kind: 'unavailable',
      reason: 'keys not loaded yet',
      retryAfterSeconds: 1,
    });
    await waitFor('the first fetch', () => issuer.fetches === 1);
    release();
    await check(authenticator, issuer.token());
    const bogus = issuer.token({}, { kid: 'bogus' });
    expect(await previewOf(authenticator, bogus)).toEqual({
      kind: 'refused',
      reason: 'unknown key; a request fetches the keys again',
    });
    // With a fetch under way, `authenticate` waits for it.
    expect(authenticator.source.loading).toBeUndefined();
    expect(issuer.fetches).toBe(1);
  });
});

describe('The key set of a URL', () => {
  it('is fetched once for many requests, and again for an unknown key at most once per cooldown', async () => {
    const authenticator = start();
    await Promise.all(Array.from({ length: 100 }, (_, i) => check(authenticator, issuer.token({ jti: i }))));
    expect(issuer.fetches).toBe(1);
    const bogus = (i: number) => signToken({ ...issuer.key, kid: `bogus-${i}` }, { iss: issuer.name });
    const reasons = await Promise.all(
      Array.from({ length: 10_000 }, (_, i) => reasonOf(authenticator, bogus(i))),
    );
    expect(new Set(reasons)).toEqual(new Set(['refused: unknown key']));
    expect(issuer.fetches).toBe(2);
    now += 31 * SECOND;
    await reasonOf(authenticator, bogus(-1));
    expect(issuer.fetches).toBe(3);
  });

  it('is fetched again in the background before the refresh time ends', async () => {
    start({ jwks: { url: issuer.url, refresh: 200, file: undefined } });
    await waitFor('three fetches', () => issuer.fetches >= 3);
  });

  it('may change under load: a token of a new key waits for the fetch', async () => {
    const authenticator = start();
    expect(await reasonOf(authenticator, issuer.token())).toBe('accepted');
    const next = newSigningKey('next');
    issuer.published = [issuer.key.jwk, next.jwk];
    const tokens = Array.from({ length: 50 }, (_, i) =>
      issuer.token({ jti: i }, {}, i % 2 ? next : issuer.key),
    );
    const reasons = await Promise.all(tokens.map((token) => reasonOf(authenticator, token)));
    expect(new Set(reasons)).toEqual(new Set(['accepted']));
    expect(issuer.fetches).toBe(2);
  });

  it('is fetched again for an unknown key after the clock was set back', async () => {
    const authenticator = start();
    const unknown = (kid: string) => reasonOf(authenticator, issuer.token({}, { kid }));
    await unknown('a');
    const { fetches } = issuer;
    await unknown('b');
    expect(issuer.fetches).toBe(fetches);
    now -= 3_600_000;
    await unknown('c');
    expect(issuer.fetches).toBe(fetches + 1);
  });

  it('may change again at once: only a fetch that brings nothing new starts the cooldown', async () => {
    const authenticator = start();
    for (const kid of ['second', 'third', 'fourth']) {
      const next = newSigningKey(kid);
      issuer.published = [...issuer.published, next.jwk];
      expect(await reasonOf(authenticator, issuer.token({}, {}, next))).toBe('accepted');
    }
    expect(await reasonOf(authenticator, issuer.token())).toBe('accepted');
  });

  it('is the same set if its keys come in another order, or beside another member', async () => {
    const next = newSigningKey('next');
    issuer.published = [issuer.key.jwk, next.jwk];
    const { respond } = issuer;
    const authenticator = start();
    await reasonOf(authenticator, issuer.token());
    issuer.respond = (_request, response) =>
      response.end(JSON.stringify({ at: issuer.fetches, keys: [next.jwk, issuer.key.jwk] }));
    for (let i = 0; i < 5; i += 1) await reasonOf(authenticator, issuer.token({}, { kid: `bogus-${i}` }));
    issuer.respond = respond;
    expect(issuer.fetches).toBe(2);
  });

  it('may change while a fetch is under way that began before', async () => {
    const authenticator = start({ jwks: { url: issuer.url, refresh: HOUR, file: undefined } });
    const next = newSigningKey('next');
    const old = JSON.stringify({ keys: issuer.published });
    let release: () => void = () => undefined;
    issuer.respond = (_request, response) => {
      release = () => response.end(old);
      issuer.respond = (_second, fresh) => fresh.end(JSON.stringify({ keys: [next.jwk] }));
    };
    await waitFor('the first fetch', () => issuer.fetches === 1);
    const pending = reasonOf(authenticator, issuer.token({}, {}, next));
    release();
    expect(await pending).toBe('accepted');
  });

  const failures: readonly (readonly [string, TestIssuer['respond'], RegExp])[] = [
    ['an error', (_q, response) => response.writeHead(500).end('{"keys":[]}'), /status 500/],
    ['no JSON', (_q, response) => response.end('<html>'), /not JSON/],
    [
      'too many keys',
      (_q, response) => response.end(JSON.stringify({ keys: Array(1001).fill({ kty: 'x' }) })),
      /more than 1000 keys/,
    ],
    ['no key set', (_q, response) => response.end('{"keys":{}}'), /no JSON Web Key Set/],
    ['null', (_q, response) => response.end('null'), /no JSON Web Key Set/],
    [
      '5 MB',
      (_q, response) => response.end(`{"keys":[],"x":"${'x'.repeat(5_000_000)}"}`),
      /larger than 1 MiB/,
    ],
    [
      'half a response',
      (_q, response) =>
        response.writeHead(200, { 'content-length': 99 }).write('{"keys":', () => void response.destroy()),
      /cannot be reached/,
    ],
  ];

  it.each(failures)('is unavailable if the issuer sends %s', async (_what, respond, problem) => {
    issuer.respond = respond;
    const authenticator = start();
    expect(await check(authenticator, issuer.token())).toMatchObject({
      kind: 'unavailable',
      retryAfterSeconds: 1,
    });
    expect(authenticator.state()).toMatchObject({
      isAvailable: false,
      loadedAt: null,
      lastError: { problems: [expect.stringMatching(problem)] },
    });
    expect(logged).toEqual(['JWKS fetch failed; tokens are refused with 503 until one succeeds']);
  });

  it.each(failures)('stays in use if the issuer later sends %s', async (_what, respond) => {
    const authenticator = start();
    const [first, second] = [issuer.token(), issuer.token({ jti: 2 })];
    expect(await reasonOf(authenticator, first)).toBe('accepted');
    issuer.respond = respond;
    expect(await reasonOf(authenticator, issuer.token({}, { kid: 'bogus' }))).toBe('unavailable: no keys');
    for (const token of [first, second]) expect(await reasonOf(authenticator, token)).toBe('accepted');
    expect(authenticator.state()).toMatchObject({ isAvailable: true });
    now += 25 * HOUR;
    const late = issuer.token({ exp: seconds() + 60 });
    expect(await reasonOf(authenticator, late)).toBe('unavailable: no keys');
  });

  it('is not fetched from where a redirect leads', async () => {
    const internal = await TestIssuer.start(issuer.key);
    issuer.respond = (_request, response) => response.writeHead(302, { location: internal.url }).end();
    const authenticator = start();
    expect(await reasonOf(authenticator, issuer.token())).toBe('unavailable: no keys');
    expect(internal.fetches).toBe(0);
    expect(authenticator.state().lastError?.problems).toEqual(['the issuer responded with status 302']);
    await internal.close();
  });

  it('recovers when the issuer is back', async () => {
    await issuer.close();
    const authenticator = start();
    // The first fetch may bring keys.
    expect(authenticator.outage).toBeUndefined();
    expect(await reasonOf(authenticator, issuer.token())).toBe('unavailable: no keys');
    expect(authenticator.outage).toMatchObject({ reason: 'no keys', retryAfterSeconds: 1 });
    issuer.respond = (_request, response) => response.writeHead(500).end();
    await issuer.open();
    const { fetches } = issuer;
    await waitFor('another attempt', () => issuer.fetches > fetches);
    expect(authenticator.outage).toMatchObject({ reason: 'no keys' });
    issuer.respond = (_request, response) => response.end(JSON.stringify({ keys: issuer.published }));
    await waitFor('the keys', () => authenticator.state().isAvailable);
    expect(authenticator.outage).toBeUndefined();
    expect(await reasonOf(authenticator, issuer.token())).toBe('accepted');
    expect(logged.at(-1)).toBe('JWKS fetched again');
  });

  it('is given up after a time-out, and is no longer fetched once the provider is closed', async () => {
    issuer.respond = () => undefined;
    const authenticator = start();
    const pending = check(authenticator, issuer.token());
    await waitFor('the fetch', () => issuer.fetches === 1);
    authenticator.close();
    expect(await pending).toMatchObject({ kind: 'unavailable' });
    expect(issuer.fetches).toBe(1);
  });

  it('is kept over a reload that changes other members', async () => {
    const before = start();
    await check(before, issuer.token());
    const after = start({ audiences: ['new'] }, before);
    before.close();
    await issuer.close();
    expect(await reasonOf(after, issuer.token({ aud: 'new' }))).toBe('accepted');
    expect(issuer.fetches).toBe(1);
  });
});

describe('The key set of a file', () => {
  const path = join(folder.path, 'jwks.json');
  const write = (...keys: TestJwk[]): void => writeFileSync(path, JSON.stringify({ keys }));
  const startWithFile = () => start({ jwks: { url: undefined, refresh: HOUR, file: 'jwks.json' } });

  it('is read relative to the folder of the policy file, and again when it changes', async () => {
    write(issuer.key.jwk);
    const authenticator = startWithFile();
    expect(await reasonOf(authenticator, issuer.token())).toBe('accepted');
    const next = newSigningKey('next');
    write(next.jwk);
    await waitFor(
      'the new key',
      async () => (await reasonOf(authenticator, issuer.token({}, {}, next))) === 'accepted',
    );
    expect(await reasonOf(authenticator, issuer.token())).toBe('refused: unknown key');
  });

  it('stays in use while the file is invalid; without the file tokens cannot be checked', async () => {
    write(issuer.key.jwk);
    const authenticator = startWithFile();
    const token = issuer.token();
    expect(await reasonOf(authenticator, token)).toBe('accepted');
    writeFileSync(path, '{');
    await waitFor('the problem', () => authenticator.state().lastError !== null);
    expect(await reasonOf(authenticator, token)).toBe('accepted');
    rmSync(path);
    await waitFor('the loss', () => !authenticator.state().isAvailable);
    expect(await reasonOf(authenticator, token)).toBe('unavailable: no keys');
    expect(logged).toEqual([
      'Key set invalid; the previous keys stay in use',
      'Key set invalid; tokens are refused with 503',
    ]);
    write(issuer.key.jwk);
    await waitFor('the keys', async () => (await reasonOf(authenticator, token)) === 'accepted');
  });
});
