import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { call, tempDir } from '#testing';
import { onEveryKind, SERVICE } from '../conformance/support/harness.js';
import { RawClient } from '../conformance/support/raw-client.js';

const folder = tempDir('policy-routes-');
afterAll(() => folder.remove());
const GATEWAY_CONFIG = join(folder.path, 'gateway.yaml');
writeFileSync(
  GATEWAY_CONFIG,
  `
version: 1
services:
  ${SERVICE}: { timeouts: { request: 20s } }
routes:
  - name: admin
    match: { service: ${SERVICE}, path: { prefix: /admin } }
    access: { deny: [127.0.0.0/8, "::1"] }
  - name: import
    match: { service: ${SERVICE}, path: { exact: /import }, methods: [POST], headers: { x-mode: full }, query: { dry: "1" } }
    access: { deny: [127.0.0.0/8, "::1"] }
  - name: orders
    match: { service: ${SERVICE}, path: { prefix: /orders } }
    to: { service: other-service }
  - name: future
    match: { service: future-service, path: { prefix: /orders } }
    to: { service: other-service }
`,
);

/** Spellings of `/admin/x` that some server takes for it. */
const SPELLINGS = [
  '/admin',
  '/admin/',
  '/admin/x',
  '/admin?x',
  '//admin',
  '/.//admin',
  '/./admin',
  '/x/../admin',
  '/x/%2e%2e/admin',
  '/x/.%2E/admin',
  '/..%2fadmin',
  '/x/..%2fadmin',
  '/x/..%5cadmin',
  '/%61dmin',
  '/%41dmin',
  '/adm%69n/x',
  '/%2561dmin',
  '/%252561dmin',
  '/admin%2fx',
  '/x%2F..%2Fadmin',
  '/\\admin',
  '/x\\..\\admin',
  '/admin;v=1/x',
  '/;v=1/admin',
  '/admin%3Bx',
  '/admin%00',
  '/admin%20',
  '/x//../admin',
  '/x/..;/admin',
  '/%2Fadmin',
  '/%5cadmin',
  '/admin/.',
  '/admin/..',
  '/%2e/admin',
];

onEveryKind(
  'routes of the policy file',
  (harness) => {
    let other: Server;
    const served: string[] = [];

    beforeAll(async () => {
      harness().service.handler = (request, response) => {
        served.push(request.url ?? '');
        response.end('own');
      };
      other = createServer((request, response) => {
        response.setHeader('location', '/orders/7');
        response.end(`other ${request.url}`);
      }).listen(0, '127.0.0.1');
      await once(other, 'listening');
      await harness().register('other-service', `http://127.0.0.1:${(other.address() as AddressInfo).port}`);
    });
    afterAll(() => void other.close());

    const send = async (requestLine: string): Promise<string> => {
      const client = await RawClient.open(harness().gatewayPort);
      client.send(`${requestLine} HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n`);
      return client.untilClosed();
    };
    interface Explained {
      readonly route: { readonly name: string | null } | null;
      readonly decisions: readonly object[];
    }
    const explain = async (query: string): Promise<Explained> =>
      (await call(harness().gatewayUrl, `GET /discovery/explain?${query}`)).body as Explained;

    it.each(SPELLINGS)('protect /admin in the spelling %s', async (spelling) => {
      served.length = 0;
      const response = await send(`GET /api/${SERVICE}${spelling}`);
      expect(response).toMatch(/^HTTP\/1\.1 40[03] /);
      expect(served).toEqual([]);
    });

    it('see the path that the instance gets', async () => {
      const atoms = [
        '/',
        '.',
        '..',
        '%2e',
        '%2F',
        '\\',
        ';',
        'admin',
        'ADMIN',
        '%61',
        'x',
        '%25',
        '%20',
        '?',
        '%EA',
      ];
      const paths = fc
        .array(fc.constantFrom(...atoms), { maxLength: 8 })
        .map((parts) => `/${parts.join('')}`);
      await fc.assert(
        fc.asyncProperty(paths, async (path) => {
          served.length = 0;
          const response = await send(`GET /api/${SERVICE}${path}`);
          const isServed = response.endsWith('own');
          expect(served).toEqual(isServed ? [path] : []);
          if (isServed)
            expect(decodeURIComponent(path.replace(/\?.*/s, '').replace(/%EA/g, ''))).not.toMatch(
              /^\/admin(\/|$)/,
            );
          else expect(response).toMatch(/^HTTP\/1\.1 40[03] /);
        }),
        { numRuns: 60 },
      );
    });

    it('are selected by method, headers and query', async () => {
      const importing = (method: string, query: string, headers: Record<string, string>) =>
        call(harness().url, `${method} /import${query}`, { headers });
      const full = { 'x-mode': 'full' };
      expect((await importing('POST', '?dry=1', full)).status).toBe(403);
      expect((await importing('PUT', '?dry=1', full)).status).toBe(200);
      expect((await importing('POST', '?dry=2', full)).status).toBe(200);
      expect((await importing('POST', '?dry=1', {})).status).toBe(200);
      expect((await explain(`method=POST&path=/api/${SERVICE}/import?dry=1`)).route?.name).toBeNull();
      const explained = await explain(
        `method=POST&path=${encodeURIComponent(`/api/${SERVICE}/import?dry=1`)}&header=X-Mode:full&client=127.0.0.1`,
      );
      expect(explained).toMatchObject({
        route: {
          name: 'import',
          policy: { timeouts: { totalMs: 20_000 }, access: { deny: ['127.0.0.0/8', '::1'] } },
        },
        problem: { status: 403 },
      });
      expect(explained.decisions[0]).toMatchObject({ stage: 'access', decision: 'respond' });
    });

    it('send requests to another service, under the prefix of the first', async () => {
      const response = await call(harness().url, 'GET /orders/7?x=1');
      expect([response.status, response.body, response.headers.get('location')]).toEqual([
        200,
        'other /orders/7?x=1',
        `/api/${SERVICE}/orders/7`,
      ]);
    });

    it('work for a name that no instance has registered, and only for what they match', async () => {
      const { gatewayUrl } = harness();
      expect((await call(gatewayUrl, 'GET /api/future-service/orders')).body).toBe('other /orders');
      expect((await call(gatewayUrl, 'GET /api/future-service/users')).status).toBe(404);
    });

    it('are listed with their policies, and counted', async () => {
      const { body } = await call(harness().gatewayUrl, 'GET /policies');
      expect(
        (body as { routes: { service: string }[] }).routes.filter(({ service }) => service === SERVICE),
      ).toMatchObject([
        {
          name: 'import',
          match: { path: { exact: '/import' }, methods: ['POST'] },
          sources: { access: 'routes', timeouts: 'services' },
        },
        { name: 'orders', target: 'other-service', match: { path: { prefix: '/orders' } } },
        {
          name: 'admin',
          target: SERVICE,
          policy: { access: { deny: ['127.0.0.0/8', '::1'] }, timeouts: { request: '20s' } },
        },
        { name: null, match: {} },
      ]);
      const metrics = (await call(harness().gatewayUrl, 'GET /metrics')).body as string;
      expect(metrics).toMatch(
        new RegExp(
          `gateway_policy_decisions_total\\{service="${SERVICE}",route="admin",policy="access",decision="refused",reason="denied"\\} [1-9]`,
        ),
      );
    });
  },
  { GATEWAY_CONFIG },
);
