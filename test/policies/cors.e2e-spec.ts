import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Socket } from 'node:net';
import { call, tempDir } from '#testing';
import { onEveryKind, SERVICE } from '../conformance/support/harness.js';
import { RawClient } from '../conformance/support/raw-client.js';

const folder = tempDir('policy-cors-');
afterAll(() => folder.remove());
const GATEWAY_CONFIG = join(folder.path, 'gateway.yaml');
writeFileSync(
  GATEWAY_CONFIG,
  `
version: 1
authentication:
  apiKey: { partners: { keysFile: ./missing.yaml } }
services:
  ${SERVICE}:
    cors:
      allowOrigins: [https://app.example.com, "https://*.partner.test"]
      allowMethods: [GET, PUT]
      allowHeaders: [content-type, x-one]
      exposeHeaders: [x-total]
      allowCredentials: true
      maxAge: 10m
routes:
  - name: orders
    match: { service: ${SERVICE}, path: { prefix: /orders }, methods: [POST] }
    auth: { anyOf: [partners] }
    cors: { allowOrigins: [https://orders.example.com], allowMethods: [POST] }
  - name: open
    match: { service: ${SERVICE}, path: { prefix: /open } }
    cors: { allowOrigins: ["*"], allowHeaders: ["*"] }
  - name: private
    match: { service: ${SERVICE}, path: { prefix: /private } }
    access: { deny: [127.0.0.0/8, "::1"] }
`,
);

const APP = 'https://app.example.com';
const PREFLIGHT_VARY = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';

onEveryKind(
  'the CORS policy',
  (harness) => {
    const served: string[] = [];
    /** Fields of the service's next responses. */
    let fields: [string, string][] = [];
    let status = 200;

    beforeAll(() => {
      harness().service.handler = (request, response) => {
        served.push(`${request.method} ${request.url}`);
        response.writeHead(status, fields.flat());
        response.end(status === 304 ? undefined : 'own');
      };
      const server = harness().serviceApp.nest.getHttpServer() as {
        on(event: 'upgrade', listener: (request: unknown, socket: Socket) => void): void;
      };
      server.on('upgrade', (_request, socket) =>
        socket.end(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\nAccess-Control-Allow-Origin: *\r\n\r\nbye',
        ),
      );
    });
    beforeEach(() => {
      served.length = 0;
      fields = [];
      status = 200;
    });

    const corsFields = (headers: Headers): Record<string, string> =>
      Object.fromEntries([...headers].filter(([name]) => /^(access-control-|vary$)/.test(name)));
    const send = (line: string, headers: Record<string, string>) => call(harness().url, line, { headers });
    const preflight = (path: string, method: string, origin: string) =>
      send(`OPTIONS ${path}`, { origin, 'access-control-request-method': method });

    it.each([APP, 'https://a.partner.test', 'https://a.b.partner.test'])(
      'responds to a preflight of %s itself',
      async (origin) => {
        const response = await preflight('/items', 'PUT', origin);
        expect([response.status, response.body, corsFields(response.headers)]).toEqual([
          204,
          '',
          {
            vary: PREFLIGHT_VARY,
            'access-control-allow-origin': origin,
            'access-control-allow-credentials': 'true',
            'access-control-allow-methods': 'GET, PUT',
            'access-control-allow-headers': 'content-type, x-one',
            'access-control-max-age': '600',
          },
        ]);
        expect(response.headers.get('content-length')).toBeNull();
        expect(served).toEqual([]);
      },
    );

    it.each([
      'null',
      'https://partner.test',
      'https://app.example.com.evil.test',
      'https://evil-app.example.com',
      'https://app.example.com:8443',
      'http://app.example.com',
      'https://a.partner.test.evil.test',
      'https://a.partner.test.',
    ])('refuses a preflight of %s, and forwards its requests without CORS fields', async (origin) => {
      const refused = await preflight('/items', 'PUT', origin);
      expect([refused.status, refused.body.type, corsFields(refused.headers)]).toEqual([
        403,
        'urn:msa-gateway:problem:origin-not-allowed',
        { vary: PREFLIGHT_VARY },
      ]);
      expect(served).toEqual([]);
      fields = [['Access-Control-Allow-Origin', '*']];
      const forwarded = await send('PUT /items', { origin });
      expect([forwarded.status, corsFields(forwarded.headers)]).toEqual([200, { vary: 'Origin' }]);
    });

    it('never allows private networks', async () => {
      const response = await send('OPTIONS /items', {
        origin: APP,
        'access-control-request-method': 'PUT',
        'access-control-request-private-network': 'true',
      });
      expect(response.status).toBe(204);
      expect(response.headers.get('access-control-allow-private-network')).toBeNull();
    });

    it.each([200, 304, 404, 500])('replaces the CORS fields of the service in a %i', async (code) => {
      status = code;
      fields = [
        ['ACCESS-CONTROL-ALLOW-ORIGIN', '*'],
        ['access-control-allow-origin', 'https://other.test'],
        ['Access-Control-Expose-Headers', 'x-secret'],
        ['Access-Control-Allow-Private-Network', 'true'],
        ['Vary', 'Accept-Encoding'],
        ['vary', 'origin'],
      ];
      for (const method of code === 304 ? ['GET'] : ['GET', 'HEAD']) {
        const response = await send(`${method} /items`, { origin: APP });
        expect([response.status, corsFields(response.headers)]).toEqual([
          code,
          {
            vary: 'Accept-Encoding, origin',
            'access-control-allow-origin': APP,
            'access-control-allow-credentials': 'true',
            'access-control-expose-headers': 'x-total',
          },
        ]);
      }
    });

    it('varies on the origin without one, too, and keeps "Vary: *"', async () => {
      expect(corsFields((await send('GET /items', {})).headers)).toEqual({ vary: 'Origin' });
      fields = [['vary', '*']];
      expect((await send('GET /items', { origin: APP })).headers.get('vary')).toBe('*');
    });

    it('allows every origin but null with "*"', async () => {
      const [granted, refused] = [
        await preflight('/open', 'POST', 'https://any.test'),
        await preflight('/open', 'POST', 'null'),
      ];
      expect(corsFields(granted.headers)).toEqual({
        vary: PREFLIGHT_VARY,
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'GET, HEAD, POST',
        'access-control-allow-headers': '*',
      });
      expect(refused.status).toBe(403);
      const response = await send('GET /open', { origin: 'https://any.test' });
      expect(corsFields(response.headers)).toEqual({ vary: 'Origin', 'access-control-allow-origin': '*' });
    });

    it('takes the policy of the request that the preflight announces, without credentials', async () => {
      const orders = 'https://orders.example.com';
      const granted = await preflight('/orders/1', 'POST', orders);
      expect([granted.status, granted.headers.get('access-control-allow-methods')]).toEqual([204, 'POST']);
      expect((await preflight('/orders/1', 'POST', APP)).status).toBe(403);
      expect((await preflight('/orders/1', 'PUT', orders)).status).toBe(403);
      expect((await preflight('/orders/1', 'PUT', APP)).status).toBe(204);
      expect(served).toEqual([]);
      // Whether it is served or refused, the page may read the response.
      const response = await send('POST /orders/1', { origin: orders });
      expect(response.headers.get('access-control-allow-origin')).toBe(orders);
    });

    it('lets pages read the errors of the gateway', async () => {
      const response = await send('GET /private', { origin: APP });
      expect([response.status, corsFields(response.headers)]).toEqual([
        403,
        {
          vary: 'Origin',
          'access-control-allow-origin': APP,
          'access-control-allow-credentials': 'true',
          'access-control-expose-headers': 'x-total',
        },
      ]);
    });

    it('forwards OPTIONS requests that are no preflights', async () => {
      const response = await send('OPTIONS /items', { origin: APP });
      expect([response.body, served]).toEqual(['own', ['OPTIONS /items']]);
      await send('OPTIONS /items', { 'access-control-request-method': 'PUT' });
      expect(served).toHaveLength(2);
    });

    it('serves pipelined preflights, and none with two origins', async () => {
      const client = await RawClient.open(harness().gatewayPort);
      const head = `OPTIONS /api/${SERVICE}/ HTTP/1.1\r\nHost: gw\r\nAccess-Control-Request-Method: PUT\r\nOrigin: ${APP}\r\n`;
      client.send(`${head}\r\n${head}Origin: ${APP}\r\nConnection: close\r\n\r\n`);
      const received = await client.untilClosed();
      expect(received.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 204', 'HTTP/1.1 403']);
    });

    it('edits the response to an upgrade', async () => {
      const client = await RawClient.open(harness().gatewayPort);
      client.send(
        `GET /api/${SERVICE}/socket HTTP/1.1\r\nHost: gw\r\nConnection: upgrade\r\nUpgrade: echo\r\nOrigin: ${APP}\r\n\r\n`,
      );
      const received = await client.until(/bye$/);
      expect(received).toMatch(/^HTTP\/1\.1 101 /);
      expect(received.match(/access-control-allow-origin: .*/gi)).toEqual([
        `access-control-allow-origin: ${APP}`,
      ]);
      client.close();
    });

    it('is explained, and counted', async () => {
      const query = `method=OPTIONS&path=/api/${SERVICE}/orders/1&header=Origin:https://x.test&header=Access-Control-Request-Method:POST&client=127.0.0.1`;
      const { body } = await call(harness().gatewayUrl, `GET /discovery/explain?${query}`);
      expect(body).toMatchObject({ route: { name: 'orders' }, problem: { status: 403 } });
      expect(body.decisions).toContainEqual({
        stage: 'cors',
        decision: 'respond',
        detail: 'preflight: the origin is not allowed',
      });
      const granted = await call(
        harness().gatewayUrl,
        `GET /discovery/explain?${query.replace('x.test', 'orders.example.com')}`,
      );
      expect(granted.body.reply).toMatchObject({ status: 204 });
      const metrics = (await call(harness().gatewayUrl, 'GET /metrics')).body as string;
      expect(metrics).toMatch(/policy="cors",decision="refused",reason="origin"\} [1-9]/);
    });
  },
  { GATEWAY_CONFIG },
);
