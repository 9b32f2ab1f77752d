import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call, tempDir, waitFor } from '#testing';
import { onEveryKind, SERVICE } from '../conformance/support/harness.js';
import { RawClient } from '../conformance/support/raw-client.js';

const LIMIT = 1024;
const folder = tempDir('policy-size-limit-');
afterAll(() => folder.remove());
const GATEWAY_CONFIG = join(folder.path, 'gateway.yaml');
writeFileSync(
  GATEWAY_CONFIG,
  `version: 1
services:
  ${SERVICE}:
    limits: { requestBody: 1KiB }
    retry: { bodySize: 1MiB }
`,
);

const TOO_LARGE = /HTTP\/1\.1 413 Payload Too Large\r\n[^]*"urn:msa-gateway:problem:body-too-large"[^]*\}/;
const chunk = (size: number): string => `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`;

onEveryKind(
  'a limit of request bodies',
  (harness) => {
    let served: number;
    let broken: number;
    let client: RawClient;

    beforeEach(async () => {
      served = 0;
      broken = 0;
      // Responds with the size of the body once it is complete.
      harness().service.handler = (request, response) => {
        served += 1;
        let size = 0;
        request.on('data', (bytes: Buffer) => (size += bytes.length));
        request.on('error', () => (broken += 1));
        request.on('end', () => response.end(`size=${size};`));
      };
      client = await RawClient.open(harness().gatewayPort);
    });
    afterEach(() => client.close());

    const head = (method: string, ...fields: string[]): string =>
      `${[`${method} /api/${SERVICE}/x HTTP/1.1`, 'Host: gw', ...fields].join('\r\n')}\r\n\r\n`;
    const isServed = () => waitFor('the instance to have the request', () => served === 1);

    it('passes a body of exactly the limit, of known and of unknown length', async () => {
      client.send(head('POST', `Content-Length: ${LIMIT}`) + 'x'.repeat(LIMIT));
      await client.until(/size=1024;/);
      client.send(head('PUT', 'Transfer-Encoding: chunked'));
      for (let i = 0; i < 8; i += 1) client.send(chunk(LIMIT / 8));
      client.send('0\r\n\r\n');
      await client.until(/size=1024;[^]*size=1024;/);
    });

    it.each(['POST', 'GET', 'HEAD'])(
      'refuses a %s with a larger declared length before an instance gets it, and serves the next request',
      async (method) => {
        client.send(head(method, `Content-Length: ${LIMIT + 1}`) + 'x'.repeat(LIMIT + 1) + head('GET'));
        const received = await client.until(/size=0;/);
        expect(received).toMatch(/^HTTP\/1\.1 413 /);
        expect(served).toBe(1);
      },
    );

    it('refuses a larger declared length without the body, and does not ask for it', async () => {
      client.send(head('POST', 'Expect: 100-continue', `Content-Length: ${LIMIT + 1}`));
      const received = await client.untilClosed();
      expect(received).toMatch(TOO_LARGE);
      expect(received).not.toContain('100 Continue');
      expect(served).toBe(0);
    });

    it('refuses a chunked body that is too large at once', async () => {
      client.send(head('POST', 'Transfer-Encoding: chunked') + chunk(LIMIT + 1));
      await client.until(TOO_LARGE);
    });

    it.each(['POST', 'PUT'])(
      'ends a %s whose body passes the limit, and does not repeat it',
      async (method) => {
        client.send(head(method, 'Transfer-Encoding: chunked') + chunk(1));
        await isServed();
        client.send(chunk(LIMIT - 1));
        client.send(chunk(1));
        expect(await client.untilClosed()).toMatch(TOO_LARGE);
        await waitFor('the instance to learn that the body is incomplete', () => broken === 1);
        expect(served).toBe(1);
        expect((await call(harness().url, 'GET /x')).body).toBe('size=0;');
      },
    );

    it('ends a body that trickles in', async () => {
      client.send(head('POST', 'Transfer-Encoding: chunked') + chunk(LIMIT - 3));
      await isServed();
      for (let i = 0; i < 4; i += 1) client.send(chunk(1));
      expect(await client.untilClosed()).toMatch(TOO_LARGE);
    });

    it('breaks a response that has begun', async () => {
      harness().service.handler = (request, response) => {
        served += 1;
        request.on('error', () => undefined).resume();
        response.write('begun;');
      };
      client.send(head('POST', 'Transfer-Encoding: chunked') + chunk(1));
      await client.until(/begun;/);
      client.send(chunk(LIMIT));
      const received = await client.untilClosed();
      expect(received).toMatch(/^HTTP\/1\.1 200 /);
      expect(received).not.toMatch(/413|\r\n0\r\n\r\n$/);
    });

    it('refuses an upgrade request with a body that is too large', async () => {
      client.send(head('GET', 'Connection: upgrade', 'Upgrade: chat', `Content-Length: ${LIMIT + 1}`));
      await client.until(TOO_LARGE);
    });

    it('blames no instance', async () => {
      const explained = await call(harness().gatewayUrl, `GET /discovery/explain?path=/api/${SERVICE}/x`);
      expect(explained.body).toMatchObject({ candidates: [{ failuresInRow: 0 }] });
      const metrics = (await call(harness().gatewayUrl, 'GET /metrics')).body as string;
      expect(metrics).toMatch(
        /gateway_policy_decisions_total\{[^}]*policy="limits",decision="refused",reason="declared"\} [1-9]/,
      );
      expect(metrics).toMatch(
        /gateway_policy_decisions_total\{[^}]*policy="limits",decision="refused",reason="received"\} [1-9]/,
      );
    });
  },
  { GATEWAY_CONFIG },
);
