import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { boot, type RunningApp } from '#service-kit';
import { gateway } from '#apps/gateway';
import { call, tempDir, waitFor, withRedis } from '#testing';

const text = { type: 'string' };
const user = (properties: object) => ({ type: 'object', properties });
const documentOf = (properties: object) => ({
  openapi: '3.0.3',
  info: { title: 'users', version: '1' },
  paths: {
    '/users/{id}': {
      get: { responses: { 200: { content: { 'application/json': { schema: user(properties) } } } } },
    },
  },
});
const OLD = documentOf({ id: text, name: text });
const NEW = documentOf({ id: text });
const membersOf = (count: number, schema: object) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, schema]));
/** A document of 300 KB that has fifty million members if all references are followed. */
const COSTLY = {
  ...documentOf(membersOf(2500, { allOf: [{ $ref: '#/components/schemas/Base' }] })),
  components: { schemas: { Base: user(membersOf(20_000, {})) } },
};

interface ContractView {
  readonly service: string;
  readonly accepted: { readonly version: string } | null;
  readonly versions: readonly {
    readonly version: string;
    readonly status: string;
    readonly decision: string;
    readonly changes: readonly { readonly kind: string; readonly calledInLast24h: boolean | null }[];
  }[];
}

const servers: Server[] = [];
const folder = tempDir('contracts-');
afterAll(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
  folder.remove();
});

/** Starts an instance that responds with its version, and registers it. */
async function register(front: RunningApp, version: string, document?: unknown): Promise<void> {
  const server = createServer((request, response) => {
    if (request.url !== '/docs-json') response.end(version);
    else if (document === undefined) response.writeHead(404).end();
    else response.end(JSON.stringify(document));
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const metadata = { 'gateway.balancer': 'round-robin', 'gateway.slow-start-ms': '0' };
  const body = { name: 'users', id: `users-${version}`, url, version, ttlSeconds: 300, metadata };
  expect((await call(front.url, 'POST /discovery/register', { body })).status).toBe(201);
}

const contractAt = async (front: RunningApp): Promise<ContractView | undefined> =>
  ((await call(front.url, 'GET /discovery/contracts')).body as ContractView[])[0];

const versionAt = async (front: RunningApp, version: string) =>
  (await contractAt(front))?.versions.find((each) => each.version === version);

const untilStatus = (front: RunningApp, version: string, status: string) =>
  waitFor(`${version} to be ${status}`, async () => (await versionAt(front, version))?.status === status);

/** The versions that twenty requests reach. */
async function reached(front: RunningApp, headers = {}): Promise<readonly string[]> {
  const found = new Set<string>();
  for (let i = 0; i < 20; i += 1)
    found.add((await call(front.url, 'GET /api/users/users/1', { headers })).body as string);
  return [...found].sort();
}

describe('the contract check', () => {
  const apps: RunningApp[] = [];
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
  });

  /** A gateway with a policy for all services. */
  async function start(policy: string, env = {}): Promise<RunningApp> {
    const file = join(folder.path, `gateway-${apps.length}.yaml`);
    writeFileSync(file, `version: 1\n${policy}\n`);
    const own = { GATEWAY_PORT: '0', GATEWAY_HOST: '127.0.0.1', LOG_LEVEL: 'ERROR', GATEWAY_CONFIG: file };
    const front = await boot(gateway, { env: { ...own, DATA_DIR: folder.path, ...env } });
    apps.push(front);
    return front;
  }

  it('reports what a new version breaks, and lets it have traffic', async () => {
    const front = await start('');
    await register(front, '1.0.0', OLD);
    await register(front, '2.0.0', NEW);
    await untilStatus(front, '2.0.0', 'breaking');
    expect(await contractAt(front)).toMatchObject({
      service: 'users',
      accepted: { version: '1.0.0' },
      versions: [
        { version: '1.0.0', status: 'accepted', decision: 'none', changes: [] },
        {
          version: '2.0.0',
          status: 'breaking',
          decision: 'report',
          changes: [
            {
              kind: 'response-member-removed',
              operation: 'GET /users/{id}',
              at: 'response 200/name',
              calledInLast24h: null,
            },
          ],
        },
      ],
    });
    expect(await reached(front)).toEqual(['1.0.0', '2.0.0']);
    expect((await versionAt(front, '2.0.0'))?.changes[0]?.calledInLast24h).toBe(true);
    const { body: events } = await call(front.url, 'GET /discovery/events?since=0');
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'contract-changed',
        service: 'users',
        instanceId: 'users-2.0.0',
        reason: expect.stringMatching(
          /^version 2\.0\.0 breaks the accepted document of 1\.0\.0: response-member/,
        ),
      }),
    );
    const { body: docs } = await call(front.url, 'GET /docs-json');
    expect((docs as { info: { description: string } }).info.description).toContain(
      '- users: version 2.0.0 breaks',
    );
  });

  it('quarantines a version until an operator accepts it', async () => {
    const front = await start('services: { users: { contract: { onBreaking: quarantine } } }');
    await register(front, '1.0.0', OLD);
    await register(front, '2.0.0', NEW);
    await untilStatus(front, '2.0.0', 'breaking');
    expect(await reached(front)).toEqual(['1.0.0']);
    const { body: explained } = await call(front.url, 'GET /discovery/explain?path=/api/users/users/1');
    expect((explained as { excluded: unknown[] }).excluded).toEqual([
      expect.objectContaining({
        id: 'users-2.0.0',
        reason: expect.stringMatching(/^quarantine: version 2\.0\.0 breaks/),
      }),
    ]);
    expect((await call(front.url, 'POST /discovery/contracts/none/accept')).status).toBe(404);
    const accepted = await call(front.url, 'POST /discovery/contracts/users/accept');
    expect(accepted).toMatchObject({ status: 200, body: { accepted: { version: '2.0.0' } } });
    expect(await reached(front)).toEqual(['1.0.0', '2.0.0']);
  });

  it('lets only routes that name a version reach one that is for canaries only', async () => {
    const front = await start(`services: { users: { contract: { onBreaking: canary-only } } }
routes:
  - name: preview
    match: { service: users, headers: { x-preview: "yes" } }
    traffic: { versions: [{ version: 2.0.0, weight: 1 }] }`);
    await register(front, '1.0.0', OLD);
    await register(front, '2.0.0', NEW);
    await untilStatus(front, '2.0.0', 'breaking');
    expect(await reached(front)).toEqual(['1.0.0']);
    expect(await reached(front, { 'x-preview': 'yes' })).toEqual(['2.0.0']);
  });

  it('holds back no version without a document, and none that breaks nothing', async () => {
    const front = await start('defaults: { contract: { onBreaking: quarantine } }');
    await register(front, '1.0.0', OLD);
    await register(front, '2.0.0');
    await register(front, '3.0.0', documentOf({ id: text, name: text, email: text }));
    await untilStatus(front, '2.0.0', 'unknown');
    await untilStatus(front, '3.0.0', 'accepted');
    expect(await reached(front)).toEqual(['1.0.0', '2.0.0', '3.0.0']);
    expect((await contractAt(front))?.accepted).toMatchObject({ version: '3.0.0' });
  });

  it('compares documents that are made to cost much beside all other work', async () => {
    const front = await start('defaults: { contract: { onBreaking: quarantine } }');
    await register(front, '1.0.0', COSTLY);
    await register(front, '2.0.0', COSTLY);
    let longest = 0;
    await waitFor('2.0.0 to be unknown', async () => {
      const before = process.cpuUsage();
      expect((await call(front.url, 'GET /health/live')).status).toBe(200);
      const { user, system } = process.cpuUsage(before);
      longest = Math.max(longest, (user + system) / 1000);
      return (await versionAt(front, '2.0.0'))?.status === 'unknown';
    });
    expect(longest).toBeLessThan(250);
    expect(await versionAt(front, '2.0.0')).toMatchObject({
      reason: 'the comparison is incomplete: the documents have too many members',
      changes: [],
    });
    expect(await reached(front)).toEqual(['1.0.0', '2.0.0']);
  });

  it('refuses the member in a route', async () => {
    await expect(
      start('routes: [{ name: a, match: { service: users }, contract: { onBreaking: report } }]'),
    ).rejects.toThrow(/has no member "contract"/);
  });

  withRedis('of gateways on one registry', (redis) => {
    it('has one result for all', async () => {
      const env = { REDIS_URL: redis().url, REDIS_PREFIX: 'contracts-test' };
      const policy = 'defaults: { contract: { onBreaking: quarantine } }';
      const [one, two] = [await start(policy, env), await start(policy, env)];
      await register(one, '1.0.0', OLD);
      await register(two, '2.0.0', NEW);
      for (const front of [one, two]) {
        await untilStatus(front, '2.0.0', 'breaking');
        expect(await reached(front)).toEqual(['1.0.0']);
      }
      const { body } = await call(one.url, 'GET /discovery/events?since=0');
      const types = (body as { type: string }[]).map(({ type }) => type);
      expect(types.filter((type) => type === 'contract-changed')).toHaveLength(1);
      expect((await call(one.url, 'POST /discovery/contracts/users/accept')).status).toBe(200);
      await untilStatus(two, '2.0.0', 'accepted');
      expect(await reached(two)).toEqual(['1.0.0', '2.0.0']);
    });
  });
});
