import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, tempDir } from '#testing';
import { GatewayUnderTest } from '../discovery/testing/gateway-under-test.js';

const SCHEMA = join(ROOT, 'docs/reference/gateway.schema.json');
const TOKEN = 'a-token-of-some-length';
const FROM_ANOTHER_MACHINE = { 'x-forwarded-for': '203.0.113.5' };

describe('GET /policies', () => {
  const folder = tempDir('policies-');
  const path = join(folder.path, 'gateway.yaml');
  let gateway: GatewayUnderTest;

  const start = async (env: Record<string, string>): Promise<void> => {
    gateway = await GatewayUnderTest.start(env);
    const metadata = { 'gateway.hedge.after': 'p95' };
    await gateway.register({ name: 'users', url: 'http://127.0.0.1:9', metadata });
  };
  afterEach(() => gateway.stop());
  afterAll(() => folder.remove());

  it('shows the file, and for each service the effective policy and its sources', async () => {
    writeFileSync(path, 'version: 1\nservices: { users: { timeouts: { request: 90s } } }\n');
    await start({ GATEWAY_CONFIG: path });
    expect((await gateway.get('/policies')).body).toEqual({
      revision: expect.stringMatching(/^[0-9a-f]{12}$/),
      source: path,
      loadedAt: expect.stringMatching(/^20.*Z$/),
      lastError: null,
      providers: [],
      routes: [
        {
          name: null,
          service: 'users',
          target: 'users',
          match: {},
          policy: expect.objectContaining({
            timeouts: { connect: '3s', responseHeader: '30s', idle: '1m', request: '1m30s' },
            hedge: { after: 'p95' },
            loadBalancer: { type: 'power-of-two', hashOn: 'client-address', slowStart: '10s' },
            internalPaths: [],
          }),
          sources: expect.objectContaining({ timeouts: 'services', hedge: 'metadata', retry: 'built-in' }),
        },
      ],
    });
    const explained = await gateway.get('/discovery/explain?path=/api/users/');
    expect(explained.body).toMatchObject({ route: { policy: { timeouts: { totalMs: 90_000 } } } });
  });

  it('shows the policies of services when there is no file', async () => {
    await start({});
    const { body } = await gateway.get('/policies');
    expect(body).toMatchObject({
      revision: null,
      source: null,
      routes: [{ sources: { hedge: 'metadata' } }],
    });
    expect((await gateway.get('/metrics')).body).not.toContain('gateway_config');
  });

  it('responds only to this machine when no token is configured', async () => {
    await start({});
    expect(await gateway.get('/policies', FROM_ANOTHER_MACHINE)).toMatchObject({
      status: 403,
      body: { type: 'urn:msa-gateway:problem:policies-from-loopback-only' },
    });
  });

  it('has the JSON Schema of the file below it, for every client', async () => {
    await start({});
    const { status, body } = await gateway.get('/policies/schema.json', FROM_ANOTHER_MACHINE);
    expect([status, body]).toEqual([200, JSON.parse(readFileSync(SCHEMA, 'utf8'))]);
  });

  it('responds to this machine, and to others with the token', async () => {
    await start({ REGISTRY_TOKEN: TOKEN });
    const statusOf = async (headers: Record<string, string>) =>
      (await gateway.get('/policies', headers)).status;
    expect(await statusOf({})).toBe(200);
    expect(await statusOf(FROM_ANOTHER_MACHINE)).toBe(401);
    expect(await statusOf({ ...FROM_ANOTHER_MACHINE, authorization: 'Bearer wrong' })).toBe(401);
    expect(await statusOf({ ...FROM_ANOTHER_MACHINE, authorization: `Bearer ${TOKEN}` })).toBe(200);
  });

  it('has the readers of explanations, if there is a file', async () => {
    const explain = '/discovery/explain?path=/api/users/';
    const statusOf = async (headers: Record<string, string>) => (await gateway.get(explain, headers)).status;
    await start({ REGISTRY_TOKEN: TOKEN });
    expect(await statusOf(FROM_ANOTHER_MACHINE)).toBe(200);
    await gateway.stop();
    writeFileSync(path, 'version: 1\n');
    await start({ REGISTRY_TOKEN: TOKEN, GATEWAY_CONFIG: path });
    expect(await statusOf(FROM_ANOTHER_MACHINE)).toBe(401);
    expect(await statusOf({ ...FROM_ANOTHER_MACHINE, authorization: `Bearer ${TOKEN}` })).toBe(200);
    expect(await statusOf({})).toBe(200);
  });
});
