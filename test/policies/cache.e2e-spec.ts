import { createHash } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newApiKey } from '../../apps/gateway/src/proxy/stages/authentication/api-key/api-key.js';
import { call, tempDir, waitFor } from '#testing';
import { onEveryKind, SERVICE } from '../conformance/support/harness.js';

const folder = tempDir('policy-cache-');
afterAll(() => folder.remove());
const GATEWAY_CONFIG = join(folder.path, 'gateway.yaml');

const ACME = newApiKey();
const GLOBEX = newApiKey();
const keyOf = (key: string, consumer: string): string =>
  `{ sha256: ${createHash('sha256').update(key).digest('hex')}, consumer: ${consumer} }`;
writeFileSync(
  join(folder.path, 'keys.yaml'),
  `version: 1\nkeys: [${keyOf(ACME, 'acme')}, ${keyOf(GLOBEX, 'globex')}]\n`,
);

let size = 1;

/** Replaces the policy file; `members` of the route `changing`. */
function publish(members = ''): void {
  writeFileSync(
    `${GATEWAY_CONFIG}.new`,
    `
version: 1
authentication: { apiKey: { partners: { keysFile: keys.yaml, consumerHeader: x-consumer } } }
services:
  ${SERVICE}: { cache: { enabled: true, tags: [all] } }
routes:
  - name: edited
    match: { service: ${SERVICE}, path: { prefix: /edited } }
    cors: { allowOrigins: ["https://a.example", "https://b.example"] }
    requestHeaders: { set: { x-client: "\${clientAddress}" } }
    responseHeaders: { set: { x-id: "\${requestId}" }, remove: [x-internal] }
  - name: partners
    match: { service: ${SERVICE}, path: { prefix: /partners } }
    auth: { anyOf: [partners] }
  - name: changes
    match: { service: ${SERVICE}, path: { prefix: /shared }, methods: [POST] }
    cache: none
  - name: changing
    match: { service: ${SERVICE}, path: { prefix: /changing } }
    cache: { enabled: true${members} }
`,
  );
  renameSync(`${GATEWAY_CONFIG}.new`, GATEWAY_CONFIG);
}
publish();

onEveryKind(
  'The cache of a policy file',
  (harness) => {
    let served = 0;
    let fields: Record<string, string> = {};
    beforeAll(() => {
      harness().service.handler = (request, response) => {
        served += 1;
        response.writeHead(200, { 'cache-control': 'max-age=60', ...fields });
        response.end(`${served} for ${String(request.headers['x-consumer'])}`);
      };
    });
    beforeEach(() => {
      served = 0;
      fields = {};
    });
    const send = (line: string, headers: Record<string, string> = {}) =>
      call(harness().url, line, { headers });

    it('applies the policy for responses to stored ones as well', async () => {
      fields = { 'x-internal': 'secret' };
      const first = await send('GET /edited', { origin: 'https://a.example' });
      const second = await send('GET /edited', { origin: 'https://b.example' });
      expect([first.body, second.body, served]).toEqual([first.body, first.body, 1]);
      expect(second.headers.get('access-control-allow-origin')).toBe('https://b.example');
      expect(second.headers.get('x-id')).toBe(second.headers.get('x-request-id'));
      expect(second.headers.get('x-id')).not.toBe(first.headers.get('x-id'));
      expect(second.headers.has('x-internal')).toBe(false);
    });

    it('does not store what depends on a field that the gateway sets for each request', async () => {
      fields = { vary: 'x-client' };
      for (const _ of [1, 2]) await send('GET /edited/vary');
      expect(served).toBe(2);
    });

    it('shares responses among callers with credentials only if they may be, and by their identity', async () => {
      const asked = async (path: string, key: string) =>
        (await send(`GET /partners${path}`, { 'x-api-key': key, 'x-consumer': 'globex' })).body as string;
      await asked('/own', ACME);
      expect(await asked('/own', GLOBEX)).toBe('2 for globex');
      fields = { 'cache-control': 'public, max-age=60', vary: 'X-Consumer' };
      expect(await asked('/public', ACME)).toBe('3 for acme');
      expect(await asked('/public', GLOBEX)).toBe('4 for globex');
      expect(await asked('/public', ACME)).toBe('3 for acme');
      // A request without a key does not reach the cache.
      const refused = await send('GET /partners/public');
      expect([refused.status, refused.headers.has('cache-status')]).toEqual([401, false]);
    });

    it('removes what a request by a route without a cache has changed', async () => {
      await send('GET /shared?a=1');
      await send('POST /shared');
      await send('GET /shared?a=1');
      expect(served).toBe(3);
    });

    it('explains and counts', async () => {
      await send('GET /counted');
      await send('GET /counted');
      const explained = await call(
        harness().gatewayUrl,
        `GET /discovery/explain?method=GET&path=${encodeURIComponent(`/api/${SERVICE}/counted`)}`,
      );
      const { decisions } = explained.body as { decisions: { stage: string; detail: string }[] };
      expect(decisions.find(({ stage }) => stage === 'cache')?.detail).toContain('1 is stored of this path');
      const metrics = (await call(harness().gatewayUrl, 'GET /metrics')).body as string;
      const route = `service="${SERVICE}",route=""`;
      expect(metrics).toMatch(new RegExp(`gateway_cache_requests_total{${route},result="hit"} [1-9]`));
      expect(metrics).toMatch(new RegExp(`gateway_cache_stored_total{${route}} [1-9]`));
      expect(metrics).toMatch(/gateway_cache_entries [1-9]/);
    });

    it('forgets responses of a route whose policy changes, and keeps the others', async () => {
      for (const path of ['/changing', '/kept']) await send(`GET ${path}`);
      const revision = async () =>
        ((await call(harness().gatewayUrl, 'GET /policies')).body as { revision: string }).revision;
      const before = await revision();
      publish(`, maxObject: ${(size += 1)}KiB`);
      await waitFor('the reload', async () => (await revision()) !== before);
      expect((await send('GET /kept')).body).toMatch(/^2 /);
      expect((await send('GET /changing')).body).toMatch(/^3 /);
    });
  },
  { GATEWAY_CONFIG },
);
