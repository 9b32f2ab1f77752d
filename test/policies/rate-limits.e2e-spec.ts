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
import { SharedLimit } from '../support/shared-limit.js';

const RATE = 400;

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
  let limit: SharedLimit | undefined;

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
    limit = await SharedLimit.underLoad(
      gateways.map(({ url }) => url),
      '/api/users/',
      RATE,
    );
  });

  afterAll(async () => {
    limit?.stop();
    await Promise.all(gateways.map(({ process }) => process.stop()));
    instance.close();
    await server.stop();
    folder.remove();
  });

  it('admit the configured rate of 1,000 requests per second each', () =>
    limit!.expectRate('Redis available', 4));

  it('also while Redis stalls again and again, for 0.4 s each time', () =>
    limit!.expectRate('Redis stalls', 4, async (over) => {
      while (!over.aborted) {
        server.process.signal('SIGSTOP');
        await sleep(400);
        server.process.signal('SIGCONT');
        await sleep(100);
      }
    }));

  it('also while Redis restarts, which loses its data', () =>
    limit!.expectRate('Redis restarts', 4, async () => {
      await sleep(500);
      await server.stop();
      server = await startRedis(server.port);
    }));

  it('also while Redis is away, and when it is back', async () => {
    await server.stop();
    await limit!.expectRate('Redis away', 4);
    server = await startRedis(server.port);
    for (const { url } of gateways)
      await waitFor('the gateway to use Redis again', async () =>
        ((await call(url, 'GET /metrics')).body as string).includes('gateway_rate_limit_store_available 1\n'),
      );
    await limit!.expectRate('Redis back', 4);
    // Only those two statuses.
    expect(limit!.statuses).toEqual([
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
    // The gateways tell each other within milliseconds, on a busy machine later.
    await sleep(1000);
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
