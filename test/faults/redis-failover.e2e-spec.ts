import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  call,
  onPrograms,
  startApp,
  startRedisCluster,
  startSentinels,
  tempDir,
  waitFor,
  type AppProcess,
  type RedisGroup,
} from '#testing';
import { SharedLimit } from '../support/shared-limit.js';

const PREFIX = 'failover';
const RATE = 500;
const FILE = `version: 1
services:
  users: { rateLimits: [{ name: shared, requests: ${RATE}, per: 1s, burst: 100, key: service, shared: true }] }
`;

const KINDS: readonly (readonly [string, () => Promise<RedisGroup>])[] = [
  ['Sentinels', () => startSentinels()],
  ['a Redis Cluster', () => startRedisCluster(`{${PREFIX}}`)],
];

onPrograms(['redis-server', 'redis-cli'], 'a fail-over of Redis', () => {
  describe.each(KINDS)('two gateways on %s', (_name, start) => {
    const folder = tempDir('failover-');
    let redis: RedisGroup;
    let instance: Server;
    let gateways: AppProcess[];
    let limit: SharedLimit | undefined;
    const registered: string[] = [];

    const startGateway = () =>
      startApp('gateway', {
        ...{ GATEWAY_PORT: '0', GATEWAY_HOST: '127.0.0.1', LOG_LEVEL: 'INFO', DATA_DIR: folder.path },
        ...{ REDIS_URL: redis.url, REDIS_PREFIX: PREFIX, GATEWAY_CONFIG: join(folder.path, 'gateway.yaml') },
      });

    beforeAll(async () => {
      writeFileSync(join(folder.path, 'gateway.yaml'), FILE);
      instance = createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1');
      await once(instance, 'listening');
      redis = await start();
      gateways = await Promise.all([startGateway(), startGateway()]);
    });

    afterAll(async () => {
      limit?.stop();
      await Promise.all(gateways.map(({ process }) => process.stop()));
      await redis.stop();
      instance.close();
      folder.remove();
    });

    /** Registers an instance at one gateway. Returns whether the registration was acknowledged. */
    async function register(gateway: number, id: string): Promise<boolean> {
      const url = `http://127.0.0.1:${(instance.address() as AddressInfo).port}`;
      const body = { name: 'users', id, url, ttlSeconds: 300, healthPath: '/' };
      const { status } = await call(gateways[gateway]!.url, 'POST /discovery/register', { body });
      if (status === 201) registered.push(id);
      return status === 201;
    }

    const untilKnownAt = ({ url }: AppProcess) =>
      waitFor('all registrations', async () => {
        const { body } = await call(url, 'GET /discovery/services');
        const known = (body as { readonly id: string }[]).map(({ id }) => id);
        return registered.every((id) => known.includes(id));
      });

    it('keep the registry and a limit over the loss of the master', async () => {
      await register(0, 'before');
      for (const gateway of gateways) await untilKnownAt(gateway);
      limit = await SharedLimit.underLoad(
        gateways.map(({ url }) => url),
        '/api/users/',
        RATE,
      );
      await limit.expectRate('before the fail-over', 4);

      redis.master.signal('SIGKILL');
      await redis.master.exited;
      const lostAt = performance.now();
      await waitFor('writes to be refused', async () => !(await register(0, 'refused')));
      let attempt = 0;
      for (const gateway of [0, 1])
        await waitFor('writes to be accepted', () => register(gateway, `after-${(attempt += 1)}`), 15_000);
      process.stderr.write(`fail-over after ${(performance.now() - lostAt).toFixed(0)} ms\n`);

      await sleep(1000);
      await limit.expectRate('after the fail-over', 4);
      const late = await startGateway();
      for (const gateway of [...gateways, late]) await untilKnownAt(gateway);
      await late.process.stop();
      expect(limit.statuses).toEqual([
        ['200', '429'],
        ['200', '429'],
      ]);
    }, 120_000);
  });
});
