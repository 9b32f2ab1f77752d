import { writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { call, newSigningKey, tempDir, TestIssuer } from '#testing';
import { onEveryKind, SERVICE } from '../conformance/support/harness.js';
import { RawClient } from '../conformance/support/raw-client.js';

const folder = tempDir('policy-authentication-');
const GATEWAY_CONFIG = join(folder.path, 'gateway.yaml');
let issuer: TestIssuer;
/** An issuer that accepts connections and never responds. */
let silent: TestIssuer;

beforeAll(async () => {
  issuer = await TestIssuer.start();
  silent = await TestIssuer.start(issuer.key);
  silent.respond = () => undefined;
  writeFileSync(
    GATEWAY_CONFIG,
    `
version: 1
authentication:
  jwt:
    corp: ${issuer.provider(', claimToHeaders: { sub: x-user-id, email: x-user-email }')}
    down: ${issuer.provider().replace(issuer.url, 'http://127.0.0.1:1/')}
    silent: ${issuer.provider().replace(issuer.url, silent.url)}
    lost: { issuer: "${issuer.name}", audiences: [shop], algorithms: [ES256], jwks: { file: none.json } }
services:
  ${SERVICE}: { auth: { anyOf: [corp] }, retry: { retryOn: [gateway-error] } }
routes:
  - name: public
    match: { service: ${SERVICE}, path: { prefix: /public } }
    auth: none
  - name: optional
    match: { service: ${SERVICE}, path: { prefix: /optional } }
    auth: { anyOf: [corp], optional: true }
  - name: down
    match: { service: ${SERVICE}, path: { prefix: /down } }
    auth: { anyOf: [down], optional: true }
  - name: lost
    match: { service: ${SERVICE}, path: { prefix: /lost } }
    auth: { anyOf: [lost] }
  - name: silent
    match: { service: ${SERVICE}, path: { prefix: /silent } }
    auth: { anyOf: [silent] }
    timeouts: { request: 300ms }
  - name: either
    match: { service: ${SERVICE}, path: { prefix: /either } }
    auth: { anyOf: [down, corp] }
`,
  );
});

afterAll(async () => {
  await issuer.close();
  await silent.close();
  folder.remove();
});

const REALM = `Bearer realm="${SERVICE}"`;
const bearer = (token = issuer.token()) => ({ authorization: `Bearer ${token}` });

onEveryKind(
  'authentication',
  (harness) => {
    let received: IncomingMessage[];
    let client: RawClient | undefined;

    beforeEach(() => {
      received = [];
      harness().service.handler = (request, response) => {
        received.push(request);
        request.resume().once('end', () => response.end('served'));
      };
    });
    afterEach(() => client?.close());

    const get = (path = '/', headers: Record<string, string> = {}) =>
      call(harness().url, `GET ${path}`, { headers });

    /** Sends lines, each with CRLF, on a connection of its own. */
    async function send(
      path: string,
      lines: readonly string[],
      rest = '',
      method = 'GET',
    ): Promise<RawClient> {
      client = await RawClient.open(harness().gatewayPort);
      const head = [`${method} /api/${SERVICE}${path} HTTP/1.1`, 'Host: gw', ...lines].join('\r\n');
      return client.send(`${head}\r\n\r\n${rest}`);
    }

    /** Values of the fields of the only request that the service got, by name in lower case, of these names. */
    const fieldsOf = (pattern: RegExp): readonly string[] => {
      const { rawHeaders } = received[0] as IncomingMessage;
      return rawHeaders.flatMap((name, i) =>
        i % 2 === 0 && pattern.test(name) ? [`${name.toLowerCase()}: ${rawHeaders[i + 1]}`] : [],
      );
    };

    it('accepts tokens of a new key under load', async () => {
      const next = newSigningKey(`next-${harness().kind}`);
      const old = issuer.key;
      issuer.published = [...issuer.published, next.jwk];
      const tokens = Array.from({ length: 40 }, (_, i) => issuer.token({ jti: i }, {}, i % 2 ? next : old));
      const statuses = await Promise.all(tokens.map(async (token) => (await get('/', bearer(token))).status));
      expect(new Set(statuses)).toEqual(new Set([200]));
    });

    it('refuses a request without credentials', async () => {
      const { status, headers, body } = await get();
      expect([status, headers.get('www-authenticate'), headers.get('content-type')]).toEqual([
        401,
        REALM,
        'application/problem+json',
      ]);
      expect(body).toMatchObject({
        type: 'urn:msa-gateway:problem:unauthenticated',
        detail: 'this route requires credentials',
      });
      expect(received).toEqual([]);
    });

    it.each([
      ['an expired token', () => bearer(issuer.token({ exp: 1 }))],
      ['another audience', () => bearer(issuer.token({ aud: 'x' }))],
      ['a forged signature', () => bearer(issuer.token({}, {}, newSigningKey('first')))],
      ['an unknown key', () => bearer(issuer.token({}, { kid: 'other' }))],
      ['no algorithm', () => bearer(issuer.token({}, { alg: 'none' }))],
      ['no token', () => ({ authorization: 'Bearer' })],
      ['a token of 9 KiB', () => ({ authorization: `Bearer ${'a'.repeat(9 * 1024)}` })],
    ])('refuses %s, and does not say why', async (_what, headers) => {
      const { status, headers: fields, body } = await get('/', headers());
      expect([status, fields.get('www-authenticate')]).toEqual([401, `${REALM}, error="invalid_token"`]);
      expect(body).toMatchObject({ detail: 'the credentials are not valid' });
      expect(received).toEqual([]);
    });

    it('refuses a token of 1 MB', async () => {
      const { received: response } = await send('/', [`Authorization: Bearer ${'a'.repeat(1_000_000)}`]);
      expect(response).not.toMatch(/ 200 /);
      await client?.until(/^HTTP\/1\.1 431 /);
    });

    it('refuses several Authorization fields', async () => {
      const line = `Authorization: Bearer ${issuer.token()}`;
      await send('/', [line, line]);
      await client?.until(/^HTTP\/1\.1 401 /);
      await send('/optional', ['Authorization: Basic eDp5', line]);
      await client?.until(/^HTTP\/1\.1 401 /);
      expect(received).toEqual([]);
    });

    it('gives the service the token and the identity, and none that the client sends', async () => {
      await send('/', [
        `authorization: Bearer ${issuer.token()}`,
        'X-User-Id: root',
        'x_user_id: root',
        'X-User_ID: root',
        'x.user.id: root',
        'X-User-Email: root@example',
        'X-User-Identity: mine',
        'Connection: x-user-id',
      ]);
      await client?.until(/served/);
      expect(fieldsOf(/user/i)).toEqual(['x-user-identity: mine', 'x-user-id: alice']);
      expect(fieldsOf(/^authorization$/i)).toHaveLength(1);
    });

    it('removes the identity that a client sends to a route without authentication', async () => {
      await send('/public', ['X-User-Id: root', 'x_user_id: root', 'X-User_Email: x']);
      await client?.until(/served/);
      expect(fieldsOf(/user/i)).toEqual([]);
    });

    it('removes the identity from trailers', async () => {
      const trailers = 'X-User-Id: root\r\nx_user_id: root\r\nX-Sum: 1\r\n';
      const lines = [`Authorization: Bearer ${issuer.token()}`, 'Transfer-Encoding: chunked'];
      await send('/', lines, `3\r\nabc\r\n0\r\n${trailers}\r\n`, 'POST');
      await client?.until(/served/);
      expect(received[0]?.rawTrailers).toEqual(['X-Sum', '1']);
      expect(received[0]?.trailers).toEqual({ 'x-sum': '1' });
    });

    it('gives an upgrade request the identity, and refuses one without credentials', async () => {
      const server = harness().serviceApp.nest.getHttpServer();
      const onUpgrade = (request: IncomingMessage, socket: Socket): void => {
        received.push(request);
        socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: talk\r\n\r\n');
      };
      server.on('upgrade', onUpgrade);
      const upgrade = ['Connection: upgrade', 'Upgrade: talk', 'X_User_Id: root'];
      await send('/', upgrade);
      await client?.until(/^HTTP\/1\.1 401 /);
      await send('/', [...upgrade, `Authorization: Bearer ${issuer.token()}`]);
      await client?.until(/^HTTP\/1\.1 101 /);
      expect(fieldsOf(/user/i)).toEqual(['x-user-id: alice']);
      server.off('upgrade', onUpgrade);
    });

    it('gives every attempt the identity', async () => {
      if (harness().kind === 'local') return;
      await harness().register(SERVICE, harness().serviceUrl, 'second');
      harness().service.handler = (request, response: ServerResponse) => {
        received.push(request);
        response.writeHead(received.length === 1 ? 503 : 200).end('served');
      };
      const { status } = await get('/', { ...bearer(), 'x-user-id': 'root' });
      expect([status, received.map(({ headers }) => headers['x-user-id'])]).toEqual([
        200,
        ['alice', 'alice'],
      ]);
    });

    it('accepts requests without credentials where they are optional, and refuses wrong ones', async () => {
      expect((await get('/optional', { 'x-user-id': 'root' })).status).toBe(200);
      expect(fieldsOf(/x.user/i)).toEqual([]);
      expect((await get('/optional', bearer('a.b.c'))).status).toBe(401);
      expect((await get('/optional', { ...bearer(issuer.token({ email: 'a@b' })) })).status).toBe(200);
      expect(received[1]?.headers).toMatchObject({ 'x-user-id': 'alice', 'x-user-email': 'a@b' });
    });

    it.each(['/down', '/lost'])('responds with 503 on %s, whose keys cannot be had', async (path) => {
      const { status, headers, body } = await get(path, bearer());
      expect([status, body]).toMatchObject([
        503,
        { type: 'urn:msa-gateway:problem:authentication-unavailable' },
      ]);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      expect(headers.get('www-authenticate')).toBeNull();
      expect(received).toEqual([]);
    });

    it('responds with 503 without credentials, too, where none could be checked', async () => {
      expect((await get('/lost')).status).toBe(503);
      expect((await get('/down')).status).toBe(200);
    });

    it('asks further providers while one has no keys', async () => {
      expect((await get('/either', bearer())).status).toBe(200);
      expect((await get('/either', bearer(issuer.token({ aud: 'x' })))).status).toBe(503);
      expect((await get('/either')).status).toBe(401);
    });

    it('ends a wait for keys when the time of the request is over', async () => {
      const begun = Date.now();
      const { status } = await get('/silent', bearer());
      expect(status).toBe(503);
      expect(Date.now() - begun).toBeLessThan(3_000);
    });

    it('ends a wait for keys when the client leaves', async () => {
      await send('/silent', [`Authorization: Bearer ${issuer.token()}`]);
      const { body } = await call(harness().gatewayUrl, 'GET /metrics');
      expect(body).toEqual(expect.stringContaining('gateway_token_cache_misses_total{provider="silent"}'));
      client?.close();
      expect((await get('/', bearer())).status).toBe(200);
    });

    it('shows the decision in explain, and the state of providers to operators', async () => {
      const explain = async (path: string, token: string) => {
        const header = encodeURIComponent(`authorization:Bearer ${token}`);
        const { body } = await call(
          harness().gatewayUrl,
          `GET /discovery/explain?path=/api/${SERVICE}${path}&header=${header}`,
        );
        expect(JSON.stringify(body)).not.toContain(token);
        const { decisions } = body as { decisions: { stage: string; detail: string }[] };
        return decisions.find(({ stage }) => stage === 'authentication')?.detail;
      };
      expect(await explain('/', issuer.token())).toBe('corp accepts alice');
      expect(await explain('/', issuer.token({ aud: 'x' }))).toBe('corp: audience');
      expect(await explain('/down', issuer.token())).toBe('down: no keys');
      const { body } = await call(harness().gatewayUrl, 'GET /policies');
      expect((body as { providers: unknown[] }).providers).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ name: 'corp', kind: 'jwt', isAvailable: true, lastError: null }),
          expect.objectContaining({ name: 'down', isAvailable: false, loadedAt: null }),
        ]),
      );
      const metrics = (await call(harness().gatewayUrl, 'GET /metrics')).body as string;
      for (const line of [
        /^gateway_token_cache_hits_total\{provider="corp"\} \d/m,
        /^gateway_jwks_age_seconds\{provider="corp"\} \d/m,
        /^gateway_jwks_failures_total\{provider="down"\} [1-9]/m,
        /^gateway_policy_decisions_total\{.*policy="auth",decision="refused",reason="audience"\} [1-9]/m,
      ])
        expect(metrics).toMatch(line);
    });
  },
  { GATEWAY_CONFIG },
);
