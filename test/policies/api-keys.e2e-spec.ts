import { createHash, randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { newApiKey } from '../../apps/gateway/src/proxy/stages/authentication/api-key/api-key.js';
import { call, startApp, tempDir, waitFor, type AppProcess } from '#testing';
import { onEveryKind, SERVICE } from '../conformance/support/harness.js';
import { RawClient } from '../conformance/support/raw-client.js';

const folder = tempDir('api-keys-');
afterAll(() => folder.remove());
const GATEWAY_CONFIG = join(folder.path, 'gateway.yaml');
const KEYS_FILE = join(folder.path, 'api-keys.yaml');

const ACME = newApiKey();
const READER = newApiKey();
const EXPIRED = newApiKey();
const UNKNOWN = newApiKey();

const sha256Of = (key: string): string => createHash('sha256').update(key).digest('hex');

/** What specs read of an explanation. */
interface Explained {
  readonly decisions: readonly {
    readonly stage: string;
    readonly decision: string;
    readonly detail: string;
  }[];
  readonly problem: { readonly status: number } | null;
}

/** Replaces the keys file as an editor or a ConfigMap does. */
function replaceKeys(text: string): void {
  writeFileSync(`${KEYS_FILE}.new`, text);
  renameSync(`${KEYS_FILE}.new`, KEYS_FILE);
}

const KEYS = `
version: 1
keys:
  - { sha256: ${sha256Of(ACME)}, consumer: acme, scopes: [orders:read, orders:write] }
  - { sha256: ${sha256Of(READER)}, consumer: reader, scopes: [orders:read] }
  - { sha256: ${sha256Of(EXPIRED)}, consumer: acme, expires: 2020-01-01T00:00:00Z }
`;

writeFileSync(
  GATEWAY_CONFIG,
  `
version: 1
authentication:
  jwt:
    corp: { issuer: https://id.example.com/, audiences: [shop], algorithms: [HS256], jwks: { file: jwks.json } }
  apiKey: { partners: { keysFile: api-keys.yaml, consumerHeader: x-consumer } }
services:
  ${SERVICE}: { auth: { anyOf: [partners] } }
routes:
  - name: place-order
    match: { service: ${SERVICE}, path: { prefix: /orders }, methods: [POST] }
    authorization: { anyOf: [ { scopes: [orders:write] }, { consumers: [root] } ] }
  - name: by-token
    match: { service: ${SERVICE}, path: { prefix: /by-token } }
    auth: { anyOf: [partners, corp] }
    authorization: { anyOf: [ { scopes: [orders:write], claims: { plan: [gold] } } ] }
  - name: optional
    match: { service: ${SERVICE}, path: { prefix: /optional } }
    auth: { anyOf: [partners], optional: true }
  - name: members
    match: { service: ${SERVICE}, path: { prefix: /members } }
    auth: { anyOf: [partners], optional: true }
    authorization: { anyOf: [ { scopes: [orders:read] } ] }
  - name: public
    match: { service: ${SERVICE}, path: { prefix: /public } }
    auth: none
`,
);
replaceKeys(KEYS);

const SECRET = randomBytes(32);
const JWK = { kty: 'oct', alg: 'HS256', k: SECRET.toString('base64url') };
writeFileSync(join(folder.path, 'jwks.json'), JSON.stringify({ keys: [JWK] }));

const tokenWith = (claims: Readonly<Record<string, unknown>>): Promise<string> =>
  new SignJWT({ iss: 'https://id.example.com/', aud: 'shop', sub: 'ann', ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setExpirationTime('5m')
    .sign(SECRET);

onEveryKind(
  'API keys and authorization',
  (harness) => {
    const served: { url: string; headers: IncomingHttpHeaders }[] = [];
    beforeAll(() => {
      harness().service.handler = ({ url = '', headers }, response) => {
        if (url !== '/health/ready') served.push({ url, headers });
        response.end('served');
      };
    });
    beforeEach(() => {
      served.length = 0;
    });

    const send = (line: string, key?: string, headers: Record<string, string> = {}) =>
      call(harness().url, line, { headers: { ...headers, ...(key !== undefined && { 'x-api-key': key }) } });
    const statusOf = async (line: string, key?: string): Promise<number> => (await send(line, key)).status;
    const becomes = (status: number, key: string) =>
      waitFor(`status ${status}`, async () => (await statusOf('GET /', key)) === status);

    it('admit a request with a key; the service gets the consumer, not the key', async () => {
      const response = await send('GET /', ACME, { 'x-consumer': 'root', 'x-other': '1' });
      expect([response.status, response.body]).toEqual([200, 'served']);
      expect(served).toHaveLength(1);
      expect(served[0]!.headers).toMatchObject({ 'x-consumer': 'acme', 'x-other': '1' });
      expect(JSON.stringify(served)).not.toContain('msag_');
    });

    it.each([
      ['no key', undefined],
      ['an unknown key', UNKNOWN],
      ['an expired key', EXPIRED],
      ['a key with a wrong checksum', `${ACME.slice(0, -1)}${ACME.endsWith('0') ? '1' : '0'}`],
      ['the hash of a key', sha256Of(ACME)],
      ['an empty field', ''],
      ['two keys in one field', `${ACME}, ${ACME}`],
      ['a scheme before the key', `Bearer ${ACME}`],
    ])('refuse %s with 401', async (_what, key) => {
      const response = await send('GET /', key);
      expect([response.status, response.body.type]).toEqual([401, 'urn:msa-gateway:problem:unauthenticated']);
      expect(response.headers.get('www-authenticate')).toMatch(/^ApiKey realm="[^"]+", header="x-api-key"$/);
      expect(served).toEqual([]);
    });

    it('refuse two key fields, and a key in the query, a cookie, a trailer or another field', async () => {
      const authority = `Host: gw\r\nConnection: close\r\n`;
      const attempts = [
        `GET /api/${SERVICE}/ HTTP/1.1\r\n${authority}X-Api-Key: ${ACME}\r\nx-api-key: ${READER}\r\n\r\n`,
        `GET /api/${SERVICE}/?x-api-key=${ACME}&api_key=${ACME} HTTP/1.1\r\n${authority}\r\n`,
        `GET /api/${SERVICE}/ HTTP/1.1\r\n${authority}Cookie: x-api-key=${ACME}\r\n\r\n`,
        `GET /api/${SERVICE}/ HTTP/1.1\r\n${authority}Authorization: Bearer ${ACME}\r\n\r\n`,
        `GET /api/${SERVICE}/ HTTP/1.1\r\n${authority}X_Api_Key: ${ACME}\r\n\r\n`,
        `POST /api/${SERVICE}/ HTTP/1.1\r\n${authority}Transfer-Encoding: chunked\r\nTrailer: x-api-key\r\n\r\n0\r\nx-api-key: ${ACME}\r\n\r\n`,
      ];
      for (const attempt of attempts) {
        const client = await RawClient.open(harness().gatewayPort);
        client.send(attempt);
        expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 401 /);
      }
      expect(served).toEqual([]);
    });

    it('admit callers with the scopes of a route, and refuse others with 403', async () => {
      expect(await statusOf('POST /orders', ACME)).toBe(200);
      const refused = await send('POST /orders', READER);
      expect([refused.status, refused.body.type]).toEqual([403, 'urn:msa-gateway:problem:forbidden']);
      expect(refused.headers.get('www-authenticate')).toBeNull();
      expect(await statusOf('GET /orders', READER)).toBe(200);
      expect(await statusOf('POST /orders')).toBe(401);
      expect(served.map(({ url }) => url)).toEqual(['/orders', '/orders']);
    });

    it('tell callers with a token which scopes are missing', async () => {
      const sendToken = async (claims: Readonly<Record<string, unknown>>) =>
        send('GET /by-token', undefined, { authorization: `Bearer ${await tokenWith(claims)}` });
      expect((await sendToken({ scope: 'orders:read orders:write', plan: ['gold'] })).status).toBe(200);
      const challengeOf = async (claims: Readonly<Record<string, unknown>>) => {
        const { status, headers } = await sendToken(claims);
        return [status, headers.get('www-authenticate')];
      };
      expect(await challengeOf({ scope: 'orders:read', plan: 'gold' })).toEqual([
        403,
        'Bearer error="insufficient_scope", scope="orders:write"',
      ]);
      expect(await challengeOf({ scope: 'orders:write', plan: { gold: true } })).toEqual([
        403,
        'Bearer error="insufficient_scope"',
      ]);
      expect(served).toHaveLength(1);
    });

    it('admit anonymous callers where auth is optional, but no wrong key, and none that has to be authorized', async () => {
      expect(await statusOf('GET /optional')).toBe(200);
      expect(await statusOf('GET /optional', UNKNOWN)).toBe(401);
      expect(await statusOf('GET /public', UNKNOWN)).toBe(200);
      expect(served.at(-1)?.headers).not.toHaveProperty('x-api-key');
      const anonymous = await send('GET /members');
      expect([anonymous.status, anonymous.headers.get('www-authenticate')]).toEqual([
        401,
        expect.stringContaining('ApiKey realm='),
      ]);
      expect(await statusOf('GET /members', READER)).toBe(200);
    });

    it('are explained without use of the key', async () => {
      const explain = async (key: string): Promise<Explained> =>
        (
          await call(
            harness().gatewayUrl,
            `GET /discovery/explain?method=POST&path=/api/${SERVICE}/orders&header=x-api-key:${key}`,
          )
        ).body as Explained;
      const admitted = await explain(ACME);
      expect(admitted.decisions.slice(0, 2)).toMatchObject([
        { stage: 'authentication', decision: 'continue' },
        { stage: 'authorization', decision: 'continue' },
      ]);
      expect([admitted.problem, JSON.stringify(admitted).includes('msag_')]).toEqual([null, false]);
      const refused = await explain(READER);
      expect([refused.problem?.status, refused.decisions[1]?.detail]).toEqual([
        403,
        'the caller does not meet anyOf[0] (scopes), anyOf[1] (consumers)',
      ]);
    });

    it('show operators the last use of each key', async () => {
      await send('GET /', READER);
      const { body } = await call(harness().gatewayUrl, 'GET /policies');
      expect(body.providers).toMatchObject([
        { name: 'corp' },
        {
          name: 'partners',
          kind: 'apiKey',
          isAvailable: true,
          lastError: null,
          keys: [
            { sha256: sha256Of(ACME).slice(0, 8), consumer: 'acme' },
            {
              sha256: sha256Of(READER).slice(0, 8),
              consumer: 'reader',
              lastUsedAt: expect.stringMatching(/^20/),
            },
            { sha256: sha256Of(EXPIRED).slice(0, 8), consumer: 'acme', lastUsedAt: null },
          ],
        },
      ]);
      const metrics = (await call(harness().gatewayUrl, 'GET /metrics')).body as string;
      expect(metrics).toMatch(
        new RegExp(
          `gateway_api_key_last_use_timestamp_seconds\\{.*key="${sha256Of(READER).slice(0, 8)}".*\\} \\d{10}`,
        ),
      );
      expect(metrics).toMatch(
        /gateway_policy_decisions_total\{.*policy="authorization".*reason="forbidden"\} [1-9]/,
      );
    });

    it('follow the keys file: keep valid keys while it is invalid, respond 503 while it is gone', async () => {
      replaceKeys(`${KEYS}  - { sha256: ${sha256Of(UNKNOWN)}, consumer: new }\n`);
      await becomes(200, UNKNOWN);
      replaceKeys('version: 1\nkeys: [ { sha256: 1 } ]\n');
      await waitFor('the error', async () => {
        const { details } = (await call(harness().gatewayUrl, 'GET /health')).body;
        return details['policy-file'].status === 'degraded';
      });
      expect(await statusOf('GET /', UNKNOWN)).toBe(200);
      rmSync(KEYS_FILE);
      await becomes(503, ACME);
      served.length = 0;
      const unavailable = await send('GET /', ACME);
      expect([unavailable.body.type, unavailable.headers.get('retry-after')]).toEqual([
        'urn:msa-gateway:problem:authentication-unavailable',
        '5',
      ]);
      expect(await statusOf('GET /')).toBe(503);
      expect(await statusOf('POST /orders', ACME)).toBe(503);
      expect(await statusOf('GET /optional', ACME)).toBe(503);
      expect(served).toEqual([]);
      replaceKeys(KEYS);
      await becomes(200, ACME);
      expect(await statusOf('GET /', UNKNOWN)).toBe(401);
    });
  },
  { GATEWAY_CONFIG },
);

describe('a gateway that starts without its keys file', () => {
  it('refuses requests with 503, and opens nothing', async () => {
    const config = join(folder.path, 'without-keys.yaml');
    writeFileSync(
      config,
      'version: 1\nauthentication: { apiKey: { p: { keysFile: none.yaml } } }\ndefaults: { auth: { anyOf: [p] } }\n',
    );
    const gateway = await startApp('gateway', { ...ENVIRONMENT, GATEWAY_CONFIG: config });
    const body = { name: 'users', url: 'http://127.0.0.1:9', ttlSeconds: 300 };
    await call(gateway.url, 'POST /discovery/register', { body });
    const headers = { 'x-api-key': ACME };
    expect((await call(gateway.url, 'GET /api/users/', { headers })).status).toBe(503);
    expect((await call(gateway.url, 'GET /api/users/')).status).toBe(503);
    await gateway.process.stop();
  });
});

const ENVIRONMENT = { GATEWAY_PORT: '0', GATEWAY_HOST: '127.0.0.1', DATA_DIR: folder.path };

describe('credentials', () => {
  let gateway: AppProcess;
  beforeAll(async () => {
    replaceKeys(KEYS);
    gateway = await startApp('gateway', { ...ENVIRONMENT, GATEWAY_CONFIG, LOG_LEVEL: 'DEBUG' });
    const body = { name: SERVICE, url: 'http://127.0.0.1:9', ttlSeconds: 300 };
    await call(gateway.url, 'POST /discovery/register', { body });
  });
  afterAll(() => gateway.process.stop());

  it('never appear in logs, explain, policies or metrics; consumers and reasons do', async () => {
    const texts: string[] = [];
    for (const key of [ACME, READER, EXPIRED, UNKNOWN]) {
      const headers = { 'x-api-key': key };
      for (const line of [`POST /api/${SERVICE}/orders?key=${key}`, `GET /api/${SERVICE}/`])
        texts.push(JSON.stringify((await call(gateway.url, line, { headers })).body));
      const explain = `GET /discovery/explain?path=/api/${SERVICE}/orders&method=POST&header=x-api-key:${key}`;
      texts.push(JSON.stringify((await call(gateway.url, explain)).body));
    }
    for (const line of ['GET /policies', 'GET /metrics', 'GET /health', 'GET /dashboard'])
      texts.push(JSON.stringify((await call(gateway.url, line)).body));
    const { process } = gateway;
    await waitFor('the access log', () => process.stdout.split('"msg":"request"').length > 8);
    expect(process.stdout).toMatch(/"consumer":"reader","refusal":"authorization: the caller does not meet/);
    expect(process.stdout).toMatch(/"refusal":"authentication: partners: expired key"/);
    for (const text of [...texts, process.stdout, process.stderr])
      for (const key of [ACME, READER, EXPIRED, UNKNOWN]) {
        expect(text).not.toContain(key.slice(5, 20));
        expect(text).not.toContain(sha256Of(key).slice(0, 12));
      }
  });
});
