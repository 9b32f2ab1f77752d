import { writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import type { Socket } from 'node:net';
import { call, tempDir } from '#testing';
import { onEveryKind, SERVICE } from '../conformance/support/harness.js';
import { RawClient } from '../conformance/support/raw-client.js';

const folder = tempDir('policy-header-edits-');
afterAll(() => folder.remove());
const GATEWAY_CONFIG = join(folder.path, 'gateway.yaml');
writeFileSync(
  GATEWAY_CONFIG,
  `
version: 1
services:
  ${SERVICE}:
    securityHeaders: true
    requestHeaders:
      set: { x-gateway: "\${service} \${requestId}", x-consumer: "\${consumer}" }
      add: { x-tag: gateway, x-client: "\${clientAddress}" }
      remove: [x-secret, Cookie]
    responseHeaders:
      set: { x-served-by: "\${service}", x-consumer: "\${consumer}", referrer-policy: no-referrer }
      add: { Set-Cookie: seen=1; Path=/ }
      remove: [Server, x-powered-by]
routes:
  - name: private
    match: { service: ${SERVICE}, path: { prefix: /private } }
    access: { deny: [127.0.0.0/8, "::1"] }
  - name: plain
    match: { service: ${SERVICE}, path: { prefix: /plain } }
    securityHeaders: false
`,
);

onEveryKind(
  'header edits of the policy file',
  (harness) => {
    let received: IncomingHttpHeaders = {};
    let fields: [string, string][] = [];
    let status = 200;
    const upgraded = { headers: received };

    beforeAll(() => {
      harness().service.handler = (request, response) => {
        received = request.headers;
        response.writeHead(status, fields.flat());
        response.end(status === 304 ? undefined : 'own');
      };
      const server = harness().serviceApp.nest.getHttpServer() as {
        on(
          event: 'upgrade',
          listener: (request: { headers: IncomingHttpHeaders }, socket: Socket) => void,
        ): void;
      };
      server.on('upgrade', ({ headers }, socket) => {
        upgraded.headers = headers;
        socket.end(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\nServer: x\r\n\r\nbye',
        );
      });
    });
    beforeEach(() => {
      fields = [];
      status = 200;
    });

    const send = (line: string, headers: Record<string, string> = {}) =>
      call(harness().url, line, { headers });

    it('edit requests, in every spelling of a name', async () => {
      await send('GET /items', {
        'X-Gateway': 'forged',
        x_gateway: 'forged',
        'x-consumer': 'admin',
        X_Consumer: 'admin',
        'x-tag': 'client',
        'X-SECRET': 's',
        cookie: 'a=1',
        'x-kept': 'yes',
        'x-request-id': 'id-1',
      });
      expect(received).toMatchObject({
        'x-gateway': `${SERVICE} id-1`,
        'x-tag': 'client, gateway',
        'x-client': '127.0.0.1',
        'x-kept': 'yes',
      });
      expect(Object.keys(received).filter((name) => /x.consumer|x_gateway|secret|cookie/.test(name))).toEqual(
        [],
      );
    });

    it.each([200, 304, 500])(
      'edit a response %i of the service, after the security headers',
      async (code) => {
        status = code;
        fields = [
          ['server', 'x/1'],
          ['X-Powered-By', 'x'],
          ['x-consumer', 'admin'],
          ['Set-Cookie', 'own=1'],
          ['x-frame-options', 'SAMEORIGIN'],
        ];
        for (const method of code === 304 ? ['GET'] : ['GET', 'HEAD']) {
          const { headers, status: got } = await send(`${method} /items`);
          expect(got).toBe(code);
          expect(headers.getSetCookie().sort()).toEqual(['own=1', 'seen=1; Path=/']);
          expect(Object.fromEntries(headers)).toMatchObject({
            'x-served-by': SERVICE,
            'x-frame-options': 'SAMEORIGIN',
            'x-content-type-options': 'nosniff',
            'referrer-policy': 'no-referrer',
          });
          expect(['server', 'x-powered-by', 'x-consumer'].filter((name) => headers.has(name))).toEqual([]);
        }
      },
    );

    it('edit responses of the gateway', async () => {
      const { status: got, headers } = await send('GET /private');
      expect([got, headers.get('x-served-by'), headers.get('x-frame-options')]).toEqual([
        403,
        SERVICE,
        'DENY',
      ]);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    });

    it('edit the request and the response of an upgrade', async () => {
      const client = await RawClient.open(harness().gatewayPort);
      client.send(
        `GET /api/${SERVICE}/socket HTTP/1.1\r\nHost: gw\r\nConnection: upgrade\r\nUpgrade: echo\r\nx-secret: s\r\n\r\n`,
      );
      const response = await client.until(/bye$/);
      expect(response).toMatch(/^HTTP\/1\.1 101 [^]*\r\nx-served-by: /);
      expect(response).not.toMatch(/\r\nserver:/i);
      expect(upgraded.headers).toMatchObject({ 'x-tag': 'gateway' });
      expect(upgraded.headers['x-secret']).toBeUndefined();
      client.close();
    });

    it('add HSTS only for clients that use https', async () => {
      const hsts = async (path: string, headers: Record<string, string>) =>
        (await send(`GET ${path}`, headers)).headers.get('strict-transport-security');
      expect(await hsts('/items', {})).toBeNull();
      expect(await hsts('/items', { 'x-forwarded-proto': 'https' })).toBe('max-age=31536000');
      expect(await hsts('/plain', { 'x-forwarded-proto': 'https' })).toBeNull();
    });
  },
  { GATEWAY_CONFIG, TRUSTED_PROXIES: '127.0.0.0/8' },
);
