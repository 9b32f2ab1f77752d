import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  call,
  startApp,
  startRedis,
  tempDir,
  waitFor,
  withRedis,
  type AppProcess,
  type TestRedis,
} from '#testing';
import { SteadyLoad } from '../support/steady-load.js';

const RATE = 400;
/** Requests per second to each gateway. */
const LOAD = 1000;

const FILE = `version: 1
services:
  users: { rateLimits: [{ name: shared, requests: ${RATE}, per: 1s, burst: 100, key: service, shared: true }] }
routes:
${['local', 'open', 'closed']
  .map(
    (mode) =>
      `  - { name: ${mode}, match: { service: users, path: { exact: /${mode} } }, rateLimits: [{ name: ${mode}, requests: 2, per: 1h, shared: true, onStoreDown: ${mode} }] }`,
  )
  .join('\n')}
`;

withRedis('two gateways with shared rate limits', (redis) => {
  const folder = tempDir('rate-limits-');
  let server: TestRedis;
  let instance: Server;
  let gateways: AppProcess[];
  let loads: SteadyLoad[] = [];

  beforeAll(async () => {
    server = redis();
    instance = createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1');
    await once(instance, 'listening');
    const path = join(folder.path, 'gateway.yaml');
    writeFileSync(path, FILE);
    const env = {
      ...{ GATEWAY_PORT: '0', GATEWAY_HOST: '127.0.0.1', LOG_LEVEL: 'INFO', DATA_DIR: folder.path },
      ...{ REDIS_URL: server.url, GATEWAY_CONFIG: path },
    };
    gateways = await Promise.all([startApp('gateway', env), startApp('gateway', env)]);
    const url = `http://127.0.0.1:${(instance.address() as AddressInfo).port}`;
    const body = { name: 'users', url, ttlSeconds: 300, healthPath: '/' };
    await call(gateways[0]!.url, 'POST /discovery/register', { body });
    for (const gateway of gateways)
      await waitFor('the instance', async () => (await call(gateway.url, 'GET /api/users/')).status === 200);
    loads = gateways.map(({ url }) => new SteadyLoad(url, '/api/users/', LOAD));
    // The burst is spent.
    await sleep(1500);
  });

  afterAll(async () => {
    for (const load of loads) load.stop();
    await Promise.all(gateways.map(({ process }) => process.stop()));
    instance.close();
    await server.stop();
    folder.remove();
  });

  const admitted = () => loads.reduce((sum, load) => sum + load.of('200'), 0);

  /** The admitted requests of `seconds` in relation to the configured rate. */
  async function measure(what: string, seconds: number): Promise<number> {
    const [before, at] = [admitted(), performance.now()];
    await sleep(seconds * 1000);
    const ratio = ((admitted() - before) * 1000) / (performance.now() - at) / RATE;
    process.stderr.write(`${what}: ${(ratio * 100).toFixed(1)} % of the configured rate\n`);
    return ratio;
  }

  const expectWithin5Percent = (ratio: number): void => {
    expect(ratio).toBeGreaterThan(0.95);
    expect(ratio).toBeLessThan(1.05);
  };

  it('admit the configured rate of 1,000 requests per second each', async () => {
    expectWithin5Percent(await measure('Redis available', 4));
  });

  it('also while Redis stalls again and again, for 0.4 s each time', async () => {
    const stalling = new AbortController();
    const stalls = (async () => {
      while (!stalling.signal.aborted) {
        server.process.signal('SIGSTOP');
        await sleep(400);
        server.process.signal('SIGCONT');
        await sleep(100);
      }
    })();
    const ratio = await measure('Redis stalls', 4);
    stalling.abort();
    await stalls;
    expectWithin5Percent(ratio);
  });

  it('also while Redis restarts, which loses its data', async () => {
    const restart = sleep(500)
      .then(() => server.stop())
      .then(() => startRedis(server.port))
      .then((next) => (server = next));
    const ratio = await measure('Redis restarts', 4);
    await restart;
    expectWithin5Percent(ratio);
  });

  it('also while Redis is away, and when it is back', async () => {
    await server.stop();
    expectWithin5Percent(await measure('Redis away', 4));
    server = await startRedis(server.port);
    expectWithin5Percent(await measure('Redis back', 4));
    // Only those two statuses.
    expect(loads.map(({ statuses }) => [...statuses.keys()].sort())).toEqual([
      ['200', '429'],
      ['200', '429'],
    ]);
  });

  it('count the requests of a client at both, and follow onStoreDown', async () => {
    const send = async (mode: string) =>
      Promise.all(gateways.map(async ({ url }) => (await call(url, `GET /api/users/${mode}`)).status));
    const isShared = async () => {
      await sleep(200);
      return !(await send('closed')).includes(503);
    };
    await waitFor('the store', isShared);
    expect(await send('local')).toEqual([200, 200]);
    await sleep(100);
    expect(await send('local')).toEqual([429, 429]);
    await server.stop();
    await waitFor('the loss', async () => (await send('closed')).every((status) => status === 503));
    expect(await send('local')).toEqual([429, 429]);
    for (let i = 0; i < 3; i += 1) expect(await send('open')).toEqual([200, 200]);
    const { body } = await call(gateways[0]!.url, 'GET /metrics');
    expect(body).toContain('gateway_rate_limit_store_available 0\n');
    expect(body).toMatch(/gateway_rate_limit_keys\{service="users",route="closed",policy="closed"\} 1\n/);
    expect(gateways[0]!.process.stdout).toContain(
      'Store of shared rate limits unavailable; \\"onStoreDown\\" applies',
    );
    server = await startRedis(server.port);
  });
});
