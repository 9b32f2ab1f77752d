import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { Agent, createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { SignJWT } from 'jose';
import { newApiKey } from '../../apps/gateway/src/proxy/stages/authentication/api-key/api-key.js';
import { call, launchNode, tempDir, waitFor } from '#testing';
import { startServiceHarness, SERVICE, type ServiceHarness } from '../conformance/support/harness.js';
import { KINDS } from '../conformance/support/kinds.js';

const REQUESTS = 10_000;
const folder = tempDir('plan-');
afterAll(() => folder.remove());

const KEYS = { acme: newApiKey(), reader: newApiKey() };
const SECRET = randomBytes(32);
const sha256Of = (key: string): string => createHash('sha256').update(key).digest('hex');
writeFileSync(
  join(folder.path, 'keys.yaml'),
  `version: 1
keys:
  - { sha256: ${sha256Of(KEYS.acme)}, consumer: acme, scopes: [orders:read, orders:write] }
  - { sha256: ${sha256Of(KEYS.reader)}, consumer: reader, scopes: [orders:read] }
`,
);
const JWK = { kty: 'oct', alg: 'HS256', k: SECRET.toString('base64url') };
writeFileSync(join(folder.path, 'jwks.json'), JSON.stringify({ keys: [JWK] }));

const tokenWith = (claims: Readonly<Record<string, unknown>>): Promise<string> =>
  new SignJWT({ iss: 'https://id.example.com/', aud: 'shop', ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(SECRET);

/** What differs between the present file and the next one. */
interface Members {
  readonly audiences: string;
  readonly access: string;
  readonly opened: string;
  readonly scopes: string;
  readonly claims: string;
  readonly bodyLimit: string;
  readonly perTenant: number;
  readonly perConsumer: number;
  readonly origin: string;
  readonly routes: string;
}

const fileWith = (members: Members): string => `
version: 1
authentication:
  jwt:
    corp: { issuer: https://id.example.com/, audiences: ${members.audiences}, algorithms: [HS256], jwks: { file: jwks.json } }
  apiKey: { partners: { keysFile: keys.yaml } }
services:
  ${SERVICE}:
    access: ${members.access}
    limits: { requestBody: ${members.bodyLimit} }
    cors: { allowOrigins: [${members.origin}], allowMethods: [GET] }
routes:
  - name: orders
    match: { service: ${SERVICE}, path: { prefix: /orders }, methods: [POST] }
    auth: { anyOf: [partners] }
    authorization: { anyOf: [ { scopes: ${members.scopes} } ] }
    rateLimits: [ { name: per-consumer, requests: ${members.perConsumer}, per: 24h, key: consumer } ]
  - name: plans
    match: { service: ${SERVICE}, path: { prefix: /plans } }
    auth: { anyOf: [corp, partners] }
    authorization: { anyOf: [ { claims: { plan: ${members.claims} } }, { consumers: [acme] } ] }
  - name: tenants
    match: { service: ${SERVICE}, path: { prefix: /tenants } }
    rateLimits: [ { name: per-tenant, requests: ${members.perTenant}, per: 24h, key: "header:x-tenant" } ]
  - name: beta
    match: { service: ${SERVICE}, path: { prefix: /beta }, headers: { x-beta: "1" } }
    access: { allow: [10.0.0.0/8] }
  - name: by-query
    match: { service: ${SERVICE}, path: { prefix: /query }, query: { v: "2" } }
    respond: { status: 410, body: gone }
  - name: away
    match: { service: ${SERVICE}, path: { prefix: /away } }
    redirect: { host: shop.example.com }
  - name: opened
    match: { service: ${SERVICE}, path: { prefix: /opened } }
    access: ${members.opened}
${members.routes}`;

const PRESENT: Members = {
  audiences: '[shop, admin]',
  access: '{ deny: [192.0.2.0/24] }',
  opened: '{ deny: [10.0.0.0/8] }',
  scopes: '[orders:read]',
  claims: '[gold, silver]',
  bodyLimit: '1KiB',
  perTenant: 40,
  perConsumer: 300,
  origin: 'https://shop.example.com',
  routes: '',
};
const NEXT: Members = {
  audiences: '[shop]',
  access: '{ deny: [192.0.2.0/24, 198.51.100.0/24] }',
  opened: '{ deny: [10.0.0.128/25] }',
  scopes: '[orders:write]',
  claims: '[gold]',
  bodyLimit: '512B',
  perTenant: 10,
  perConsumer: 200,
  origin: 'https://*.example.com',
  routes: `
  - name: closed
    match: { service: ${SERVICE}, path: { exact: /closed } }
    respond: { status: 503, body: closed }
  - name: moved
    match: { service: ${SERVICE}, path: { prefix: /moved } }
    redirect: { path: /api/${SERVICE}/elsewhere }
  - name: other
    match: { service: ${SERVICE}, path: { prefix: /other } }
    to: { service: other }
  - name: beta-closed
    match: { service: ${SERVICE}, path: { prefix: /beta }, headers: { x-beta: "2" } }
    respond: { status: 404, body: no }
  - name: wanted
    match: { service: ${SERVICE}, path: { prefix: /wanted } }
    auth: { anyOf: [partners] }
`,
};

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: number;
}

const address = (i: number): string =>
  [`192.0.2.${i % 256}`, `198.51.100.${i % 256}`, `10.0.0.${i % 256}`][i % 3] as string;

/** Requests that touch every member that decides. */
function requestsOf(tokens: readonly string[]): readonly ((i: number) => Sent)[] {
  const at = (path: string) => `/api/${SERVICE}${path}`;
  const oneOf = <T>(list: readonly T[], i: number): T => list[Math.floor(i / 16) % list.length] as T;
  return [
    (i) => ({ method: 'GET', path: at(oneOf([`/plain/${i}`, '/opened', `/away?x=${i}`], i)) }),
    (i) => ({ method: 'POST', path: at('/plain'), body: oneOf([10, 500, 520, 1000, 1100], i) }),
    (i) => ({ method: 'POST', path: at('/orders'), headers: { 'x-api-key': oneOf(Object.values(KEYS), i) } }),
    (i) => ({ method: 'POST', path: at('/orders'), headers: oneOf([{}, { 'x-api-key': newApiKey() }], i) }),
    (i) => ({ method: 'GET', path: at('/orders'), headers: { 'x-api-key': oneOf(Object.values(KEYS), i) } }),
    (i) => ({ method: 'GET', path: at('/plans'), headers: { authorization: `Bearer ${oneOf(tokens, i)}` } }),
    (i) => ({ method: 'GET', path: at('/plans'), headers: { 'x-api-key': oneOf(Object.values(KEYS), i) } }),
    (i) => ({ method: 'GET', path: at('/tenants'), headers: { 'x-tenant': `t${i % 37}` } }),
    (i) => ({ method: 'GET', path: at('/beta'), headers: { 'x-beta': oneOf(['1', '2', '3'], i) } }),
    (i) => ({ method: 'GET', path: at(`/query?v=${oneOf(['1', '2', '2&v=3'], i)}`) }),
    (i) => ({ method: 'GET', path: oneOf([at('/closed'), at('/closed/1'), at('/a//b')], i) }),
    (i) => ({ method: 'GET', path: at(`/moved/${i}?x=${i}`) }),
    (i) => ({ method: 'GET', path: oneOf([at('/other/x'), '/api/other/', '/api/nothing/'], i) }),
    () => ({ method: 'GET', path: at('/wanted') }),
    (i) => ({
      method: 'OPTIONS',
      path: at('/plain'),
      headers: {
        origin: `https://${oneOf(['shop', 'blog'], i)}.example.com`,
        'access-control-request-method': 'GET',
      },
    }),
    (i) => ({ method: 'DELETE', path: at('/plans'), headers: { authorization: `Basic ${i}` } }),
  ];
}

interface Planned {
  readonly total: number;
  readonly changed: number;
  readonly unknown: number;
  readonly changes: readonly { readonly count: number; readonly requestIds: readonly string[] }[];
}

describe.each(KINDS)('plan (%s)', (kind) => {
  const path = join(folder.path, `${kind}.yaml`);
  const nextPath = join(folder.path, `${kind}-next.yaml`);
  const count = kind === 'wire' ? REQUESTS : REQUESTS / 20;
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  let harness: ServiceHarness;
  let other: Server;
  let sends: readonly ((i: number) => Sent)[];

  const replaceFile = (content: string): void => {
    writeFileSync(`${path}.new`, content);
    renameSync(`${path}.new`, path);
  };

  beforeAll(async () => {
    writeFileSync(path, fileWith(PRESENT));
    writeFileSync(nextPath, fileWith(NEXT));
    harness = await startServiceHarness(kind, { GATEWAY_CONFIG: path });
    harness.service.handler = (incoming, response) => {
      incoming.resume().on('end', () => response.end('service'));
    };
    other = createServer((_incoming, response) => response.end('other')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    await harness.register('other', `http://127.0.0.1:${(other.address() as AddressInfo).port}`);
    const claims = [{ plan: 'gold' }, { plan: ['silver'] }, { plan: 'none' }, { plan: 'gold', aud: 'admin' }];
    sends = requestsOf(await Promise.all(claims.map((each, i) => tokenWith({ sub: `user-${i}`, ...each }))));
  });
  afterAll(async () => {
    agent.destroy();
    await harness.close();
    other.closeAllConnections();
    other.close();
  });

  /** What the client sees of the decision on request `i`, and the id of the request. */
  async function send(i: number): Promise<readonly [decision: string, requestId: string]> {
    const { method, path: target, headers, body } = (sends[i % sends.length] as (i: number) => Sent)(i);
    const outgoing = request(`${harness.gatewayUrl}${target}`, {
      method,
      agent,
      headers: { ...headers, 'x-forwarded-for': address(i) },
    });
    outgoing.end(body === undefined ? undefined : Buffer.alloc(body));
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    const { statusCode, headers: fields } = response;
    const content = await text(response);
    const isOwn = fields['content-type']?.includes('problem') === true;
    const type = isOwn ? (JSON.parse(content) as { type: string }).type : content;
    return [`${statusCode} ${type} ${fields.location ?? ''}`, String(fields['x-request-id'])];
  }

  /** Requests of one kind are sent one after the other: their order decides which of them a rate limit admits. */
  async function sendAll(): Promise<(readonly [string, string])[]> {
    const results: (readonly [string, string])[] = [];
    const sendKind = async (first: number): Promise<void> => {
      for (let i = first; i < count; i += sends.length) results[i] = await send(i);
    };
    await Promise.all(sends.map((_, first) => sendKind(first)));
    return results;
  }

  const revision = async (): Promise<unknown> =>
    (await call(harness.gatewayUrl, 'GET /policies')).body.revision;

  it('names exactly the requests that then change', async () => {
    const before = await sendAll();
    const record = join(folder.path, `${kind}.ndjson`);
    writeFileSync(record, await (await fetch(`${harness.gatewayUrl}/policies/decisions`)).text());
    const same = launchNode('scripts/gateway.mjs', ['plan', path, '--record', record]);
    const planned = launchNode('scripts/gateway.mjs', ['plan', nextPath, '--record', record, '--json']);
    expect([(await same.exited).code, same.stdout]).toEqual([
      0,
      `nothing would change (${count.toLocaleString('en')} decisions)\n`,
    ]);
    expect((await planned.exited).code).toBe(1);
    const plan = JSON.parse(planned.stdout) as Planned;

    const present = await revision();
    replaceFile(fileWith(NEXT));
    await waitFor('the next file', async () => (await revision()) !== present);
    const after = await sendAll();
    const changed = before.flatMap(([decision, id], i) => (after[i]![0] === decision ? [] : id));
    expect(new Set(plan.changes.flatMap(({ requestIds }) => requestIds))).toEqual(new Set(changed));
    expect(plan).toMatchObject({ total: count, changed: changed.length, unknown: 0 });
    expect(plan.changes.length).toBeGreaterThan(8);
  }, 120_000);
});
