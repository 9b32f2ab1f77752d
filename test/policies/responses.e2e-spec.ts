import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call, tempDir, waitFor } from '#testing';
import { onEveryKind, SERVICE } from '../conformance/support/harness.js';
import { RawClient } from '../conformance/support/raw-client.js';

const folder = tempDir('policy-responses-');
afterAll(() => folder.remove());
const GATEWAY_CONFIG = join(folder.path, 'gateway.yaml');
const PAGE = join(folder.path, 'maintenance.html');
writeFileSync(PAGE, '<p>soon</p>');
writeFileSync(
  GATEWAY_CONFIG,
  `version: 1
services:
  ${SERVICE}: {}
  planned-service:
    respond: { status: 503, file: maintenance.html }
routes:
  - name: maintenance
    match: { service: ${SERVICE}, path: { prefix: /down } }
    respond: { status: 503, file: maintenance.html }
  - name: denied
    match: { service: ${SERVICE}, path: { prefix: /down/denied } }
    access: { deny: [0.0.0.0/0] }
    respond: { body: never }
  - name: teapot
    match: { service: ${SERVICE}, path: { exact: /teapot } }
    respond: { status: 418, contentType: application/json, body: '{"a":"ä"}' }
  - name: empty
    match: { service: ${SERVICE}, path: { exact: /empty } }
    respond: { status: 204 }
  - name: secure
    match: { service: ${SERVICE}, path: { prefix: /secure } }
    redirect: { scheme: https, status: 308 }
  - name: moved
    match: { service: ${SERVICE}, path: { prefix: /moved } }
    redirect: { path: /new?from=moved }
`,
);

onEveryKind(
  'a response of the gateway',
  (harness) => {
    afterAll(() => writeFileSync(PAGE, '<p>soon</p>'));
    let served: number;
    beforeEach(() => {
      served = 0;
      harness().service.handler = (_request, response) => {
        served += 1;
        response.end('served');
      };
    });

    const send = async (...lines: string[]): Promise<string> => {
      const client = await RawClient.open(harness().gatewayPort);
      client.send(`${lines.join('\r\n')}\r\nHost: shop.example\r\nConnection: close\r\n\r\n`);
      return client.untilClosed();
    };

    it('is sent instead of that of an instance', async () => {
      const page = await send(`GET /api/${SERVICE}/down/x HTTP/1.1`);
      expect(page).toMatch(/^HTTP\/1\.1 503 /);
      expect(page).toMatch(/^content-type: text\/html; charset=utf-8\r$/m);
      expect(page).toMatch(/\r\n\r\n<p>soon<\/p>$/);
      const { status, body } = await call(harness().url, 'GET /teapot');
      expect([status, body]).toEqual([418, { a: 'ä' }]);
      expect(served).toBe(0);
    });

    it('has no content for HEAD, nor with the status 204', async () => {
      const page = await send(`HEAD /api/${SERVICE}/down HTTP/1.1`);
      expect(page).toMatch(/^HTTP\/1\.1 503 [^]*content-length: 11\r\n[^]*\r\n\r\n$/);
      const empty = await send(`GET /api/${SERVICE}/empty HTTP/1.1`);
      expect(empty).toMatch(/^HTTP\/1\.1 204 [^]*\r\n\r\n$/);
      expect(empty).not.toMatch(/^content-(length|type)/im);
    });

    it('comes after access control', async () =>
      expect(await send(`GET /api/${SERVICE}/down/denied HTTP/1.1`)).toMatch(/^HTTP\/1\.1 403 /));

    it('leaves the connection open after a request body', async () => {
      const client = await RawClient.open(harness().gatewayPort);
      client.send(`POST /api/${SERVICE}/down HTTP/1.1\r\nHost: gw\r\nContent-Length: 5\r\n\r\n12`);
      await client.until(/soon/);
      client.send(`345GET /api/${SERVICE}/x HTTP/1.1\r\nHost: gw\r\n\r\n`);
      await client.until(/served/);
      client.close();
    });

    it('needs no instance, and no registered service', async () => {
      const page = await call(harness().gatewayUrl, 'GET /api/planned-service/x');
      expect([page.status, page.body]).toEqual([503, '<p>soon</p>']);
      const explained = await call(
        harness().gatewayUrl,
        'GET /discovery/explain?path=/api/planned-service/x',
      );
      expect(explained.body).toMatchObject({ problem: null, reply: { status: 503 } });
      expect((await call(harness().gatewayUrl, 'GET /api/unplanned-service/x')).status).toBe(404);
    });

    it('redirects, and lets a request that is at the location pass', async () => {
      expect(await send(`GET /api/${SERVICE}/secure/a?b HTTP/1.1`)).toMatch(
        new RegExp(
          `^HTTP/1\\.1 308 [^]*^location: https://shop\\.example/api/${SERVICE}/secure/a\\?b\r$`,
          'm',
        ),
      );
      expect(
        await send(
          `GET /api/${SERVICE}/secure HTTP/1.1`,
          'X-Forwarded-Host: front.example',
          'X-Forwarded-Prefix: /shop',
        ),
      ).toMatch(new RegExp(`^location: https://front\\.example/shop/api/${SERVICE}/secure\r$`, 'm'));
      expect(await send(`GET /api/${SERVICE}/moved?x HTTP/1.1`)).toMatch(
        /^HTTP\/1\.1 302 [^]*^location: \/new\?from=moved\r$/m,
      );
      expect(await send(`GET /api/${SERVICE}/secure HTTP/1.1`, 'X-Forwarded-Proto: https')).toMatch(
        /served$/,
      );
    });

    it('follows its file, and stays when the file is gone', async () => {
      const isPage = (page: string) =>
        waitFor(page, async () => (await call(harness().url, 'GET /down')).body === page);
      writeFileSync(PAGE, '<p>later</p>');
      await isPage('<p>later</p>');
      rmSync(PAGE);
      const lastError = async () =>
        ((await call(harness().gatewayUrl, 'GET /policies')).body as { lastError: object | null }).lastError;
      await waitFor('the error', async () => (await lastError()) !== null);
      expect(await lastError()).toMatchObject({
        problems: expect.arrayContaining([
          `${GATEWAY_CONFIG}:9:14 routes[0].respond.file: the file cannot be read (ENOENT)`,
        ]),
      });
      await isPage('<p>later</p>');
      writeFileSync(PAGE, '<p>soon</p>');
      await isPage('<p>soon</p>');
      expect(await lastError()).toBeNull();
    });
  },
  { GATEWAY_CONFIG },
);
