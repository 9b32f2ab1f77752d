import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { tempDir } from '#testing';
import { onEveryKind, SERVICE } from '../conformance/support/harness.js';
import { RawClient } from '../conformance/support/raw-client.js';

const folder = tempDir('policy-rewrite-');
afterAll(() => folder.remove());
const GATEWAY_CONFIG = join(folder.path, 'gateway.yaml');
writeFileSync(
  GATEWAY_CONFIG,
  `version: 1
routes:
  - name: orders
    match: { service: ${SERVICE}, path: { prefix: /orders } }
    rewrite: { path: { replacePrefix: /v2 }, host: preserve }
  - name: public
    match: { service: ${SERVICE}, path: { prefix: /public } }
    rewrite: { path: { replacePrefix: / }, host: inner.example:8080 }
  - name: latest
    match: { service: ${SERVICE}, path: { exact: /latest } }
    rewrite: { path: { replacePrefix: /releases/7 } }
  - name: whole
    match: { service: ${SERVICE}, headers: { x-whole: "1" } }
    rewrite: { path: { replacePrefix: /all/ } }
`,
);

onEveryKind(
  'a rewrite of the policy file',
  (harness) => {
    let served: { url: string; host: string; prefix: string }[];
    let location = '/';

    beforeEach(() => {
      served = [];
      harness().service.handler = (request, response) => {
        const { host = '', 'x-forwarded-prefix': prefix } = request.headers;
        served.push({ url: request.url ?? '', host, prefix: String(prefix) });
        response.setHeader('location', location);
        response.setHeader('set-cookie', 'a=1; Path=/v2');
        response.end('served');
      };
    });

    const send = async (path: string, fields = ''): Promise<string> => {
      const client = await RawClient.open(harness().gatewayPort);
      client.send(
        `GET /api/${SERVICE}${path} HTTP/1.1\r\nHost: shop.example\r\n${fields}Connection: close\r\n\r\n`,
      );
      return client.untilClosed();
    };

    it.each([
      ['/orders/7?x=/orders', '', '/v2/7?x=/orders', `/api/${SERVICE}`],
      ['/orders', '', '/v2', `/api/${SERVICE}`],
      ['/public/x', '', '/x', `/api/${SERVICE}/public`],
      ['/public?x', '', '/?x', `/api/${SERVICE}/public`],
      ['/latest?x', '', '/releases/7?x', `/api/${SERVICE}`],
      ['/x', 'x-whole: 1\r\n', '/all/x', `/api/${SERVICE}`],
      ['', 'x-whole: 1\r\n', '/all/', `/api/${SERVICE}`],
      ['/other/x', '', '/other/x', `/api/${SERVICE}`],
    ])('sends for %s (%s) %s, with the prefix %s', async (path, fields, url, prefix) => {
      await send(path, fields);
      expect(served).toMatchObject([{ url, prefix }]);
    });

    it('sends the Host of the client, a fixed one, or that of the instance', async () => {
      await send('/orders');
      await send('/public');
      await send('/latest');
      const { host } = new URL(harness().serviceUrl);
      expect(served.map((each) => each.host)).toEqual(['shop.example', 'inner.example:8080', host]);
    });

    it.each([
      ['/orders', '/v2/7', `/api/${SERVICE}/orders/7`],
      ['/orders', '/login', `/api/${SERVICE}/login`],
      ['/orders', 'https://shop.example/v2/7', `https://shop.example/api/${SERVICE}/orders/7`],
      ['/public', '/7', `/api/${SERVICE}/public/7`],
      ['/public', 'http://inner.example:8080/7', `/api/${SERVICE}/public/7`],
      ['/orders', 'https://elsewhere.example/v2/7', 'https://elsewhere.example/v2/7'],
    ])('for %s maps the location %s back to %s', async (path, value, expected) => {
      location = value;
      expect(await send(path)).toMatch(new RegExp(`^location: ${expected}\r$`, 'im'));
    });

    it('maps the path of a cookie back', async () => {
      expect(await send('/orders')).toMatch(/^set-cookie: a=1; Path=\/api\/test-service\/orders\r$/im);
    });

    it('lets no path reach the instance but the one that the policy saw, under the new prefix', async () => {
      const atoms = ['/', '.', '..', '%2e', '%2F', '\\', ';', 'x', '%61', '%25', '%EA', '?'];
      const paths = fc.array(fc.constantFrom(...atoms), { maxLength: 6 }).map((parts) => parts.join(''));
      await fc.assert(
        fc.asyncProperty(paths, async (path) => {
          served = [];
          const response = await send(`/orders${path}`);
          const isRoute = path === '' || path.startsWith('/') || path.startsWith('?');
          const expected = isRoute ? `/v2${path}` : `/orders${path}`;
          expect(served.map(({ url }) => url)).toEqual(response.endsWith('served') ? [expected] : []);
        }),
        { numRuns: 40 },
      );
    });
  },
  { GATEWAY_CONFIG },
);
