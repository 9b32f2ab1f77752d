import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { readFile, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { freePort, onPrograms, startRedis, tempDir, type TestRedis } from '#testing';
import { localRegistryOf } from '../../running-gateway.js';
import { RESTART_WITHIN_MS } from '../store/registry-store.js';
import { GatewayUnderTest, until } from '../testing/gateway-under-test.js';

let directory: ReturnType<typeof tempDir>;
let upstream: Server;
let port: number;
const gateways: GatewayUnderTest[] = [];
const servers: TestRedis[] = [];

beforeEach(async () => {
  directory = tempDir();
  port = await freePort();
  upstream = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
  await once(upstream, 'listening');
});

afterEach(async () => {
  await Promise.all(gateways.splice(0).map((gateway) => gateway.stop()));
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  upstream.close();
  directory.remove();
});

const file = (): string => join(directory.path, `gateway-${port}.registry.jsonl`);

/** Starts a gateway on the same port as the previous one. */
async function start(env: Record<string, string> = {}): Promise<GatewayUnderTest> {
  const own = { GATEWAY_PORT: String(port), DATA_DIR: directory.path };
  const gateway = await GatewayUnderTest.start({ ...own, ...env });
  gateways.push(gateway);
  return gateway;
}

async function stop(gateway: GatewayUnderTest): Promise<void> {
  gateways.splice(gateways.indexOf(gateway), 1);
  await gateway.stop();
}

async function register(gateway: GatewayUnderTest, id = 'a'): Promise<void> {
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const { status } = await gateway.register({ name: 'users', url, id, ttlSeconds: 30 });
  expect(status).toBeLessThan(300);
}

/** Makes the snapshot older than the longest restart that restores addresses. */
async function ageSnapshot(): Promise<void> {
  const earlier = new Date(Date.now() - RESTART_WITHIN_MS - 1000);
  await utimes(file(), earlier, earlier);
}

const idsAt = async (gateway: GatewayUnderTest): Promise<readonly string[]> =>
  ((await gateway.get('/discovery/services')).body as { id: string }[]).map(({ id }) => id);

const registryOf = async (gateway: GatewayUnderTest): Promise<unknown> =>
  ((await gateway.get('/health')).body as { details: { registry: unknown } }).details.registry;

describe('a gateway that is restarted', () => {
  it('forwards to the previous instances, with new leases', async () => {
    const before = await start();
    await register(before);
    await stop(before);
    const after = await start();
    expect(await after.get('/api/users/')).toMatchObject({ status: 200, body: 'hello' });
    expect((await after.call('POST', '/discovery/heartbeat/a')).status).toBe(200);
  });

  it('saves while it runs, for a start after a crash', async () => {
    const gateway = await start();
    await register(gateway);
    await until(async () => (await readFile(file(), 'utf8').catch(() => '')).includes('"id":"a"'));
    const { mode } = await stat(file());
    expect(mode & 0o777).toBe(0o600);
    expect(await readdir(directory.path)).toEqual([`gateway-${port}.registry.jsonl`]);
  });

  it('does not restore unregistered instances', async () => {
    const before = await start();
    await register(before);
    await before.call('DELETE', '/discovery/unregister/a');
    await stop(before);
    expect(await idsAt(await start())).toEqual([]);
  });

  it('knows the services of its own process by name, without their instances', async () => {
    const before = await start();
    const registry = localRegistryOf(before.app);
    const target = { request: () => undefined, upgrade: () => undefined };
    await registry.register({ name: 'users', url: 'http://127.0.0.1:9', id: 'local' }, target);
    await stop(before);
    const after = await start();
    expect(await idsAt(after)).toEqual([]);
    expect((await after.get('/api/users/')).status).toBe(503);
  });

  it('ignores a corrupt snapshot', async () => {
    for (const text of [
      '',
      '{',
      '{"version":2}\n',
      '{"version":1,"registry":"memory","change":1,"instances":3}\n{}\n',
    ]) {
      await writeFile(file(), text);
      const gateway = await start();
      expect(await idsAt(gateway)).toEqual([]);
      expect((await gateway.get('/api/users/')).status).toBe(503);
      await stop(gateway);
    }
  });

  it('knows the previous names, and no others', async () => {
    const before = await start();
    await register(before);
    await before.call('DELETE', '/discovery/unregister/a');
    await stop(before);
    const after = await start();
    expect((await after.get('/api/users/')).status).toBe(503);
    expect((await after.get('/api/others/')).status).toBe(404);
  });

  it('does not use the addresses of a gateway that stopped more than a minute ago', async () => {
    const before = await start();
    await register(before);
    await stop(before);
    await ageSnapshot();
    const after = await start();
    expect((await after.get('/api/users/')).status).toBe(503);
    expect((await after.get('/discovery/services')).body).toMatchObject([{ id: 'a', status: 'down' }]);
    expect((await after.call('POST', '/discovery/heartbeat/a')).status).toBe(404);
    // New services may not have registered yet.
    expect((await after.get('/api/others/')).status).toBe(503);
  });
});

onPrograms(['redis-server'], 'a gateway that starts while Redis is unavailable', () => {
  const redis = async (at?: number): Promise<TestRedis> => {
    const server = await startRedis(at);
    servers.push(server);
    return server;
  };

  it('serves from its snapshot and reports it, then uses the contents of Redis', async () => {
    const server = await redis();
    const env = { REDIS_URL: server.url };
    const before = await start(env);
    await register(before);
    await stop(before);
    await server.process.stop();
    const after = await start(env);
    expect(await after.get('/api/users/')).toMatchObject({ status: 200, body: 'hello' });
    expect((await after.get('/api/others/')).status).toBe(503);
    expect((await after.get('/health/ready')).status).toBe(200);
    expect(await registryOf(after)).toMatchObject({
      status: 'degraded',
      message: 'registry unavailable (ECONNREFUSED); serving the snapshot of an earlier run',
    });
    expect((await after.register({ name: 'users', url: 'http://127.0.0.1:9' })).status).toBe(503);
    await redis(server.port);
    await until(async () => (await after.call('POST', '/discovery/heartbeat/a')).status === 200);
    expect(await registryOf(after)).toMatchObject({ status: 'up' });
    expect((await after.get('/api/others/')).status).toBe(404);
  });

  it('responds 503 for every service without a snapshot until Redis is available', async () => {
    const at = await freePort();
    const gateway = await start({ REDIS_URL: `redis://127.0.0.1:${at}` });
    expect((await gateway.get('/health/live')).status).toBe(200);
    expect((await gateway.get('/health/ready')).status).toBe(503);
    const { status, headers, body } = await gateway.get('/api/users/');
    expect([status, headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^[1-9]\d*$/)]);
    expect(body).toMatchObject({ type: 'urn:msa-gateway:problem:no-healthy-instance' });
    await redis(at);
    await until(async () => (await gateway.get('/health/ready')).status === 200);
    expect((await gateway.get('/api/users/')).status).toBe(404);
    await register(gateway);
    expect((await gateway.get('/api/users/')).status).toBe(200);
  });

  it('ignores the snapshot of another registry', async () => {
    const [one, other] = [await redis(), await redis()];
    const before = await start({ REDIS_URL: one.url });
    await register(before, 'of-one');
    await stop(before);
    const beside = await GatewayUnderTest.start({ REDIS_URL: other.url });
    gateways.push(beside);
    await register(beside, 'of-other');
    const after = await start({ REDIS_URL: other.url });
    expect(await idsAt(after)).toEqual(['of-other']);
    expect(await idsAt(beside)).toEqual(['of-other']);
  });

  it('restores known names from an old snapshot', async () => {
    const server = await redis();
    const before = await start({ REDIS_URL: server.url });
    await register(before);
    await before.call('DELETE', '/discovery/unregister/a');
    await stop(before);
    await server.process.stop();
    await ageSnapshot();
    await redis(server.port);
    const after = await start({ REDIS_URL: server.url });
    expect((await after.get('/api/users/')).status).toBe(503);
    expect((await after.get('/api/others/')).status).toBe(404);
  });

  it('does not restore Redis from an old snapshot', async () => {
    const server = await redis();
    const env = { REDIS_URL: server.url };
    const before = await start(env);
    await register(before);
    await stop(before);
    await server.process.stop();
    await ageSnapshot();
    const after = await start(env);
    expect(await idsAt(after)).toEqual(['a']);
    await redis(server.port);
    await until(async () => (await idsAt(after)).length === 0);
  });
});
