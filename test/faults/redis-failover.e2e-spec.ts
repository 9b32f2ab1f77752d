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
import { SteadyLoad } from '../support/steady-load.js';

const PREFIX = 'failover';
const RATE = 400;
/** Part of the time in which the burst of the limit is refilled: a longer pause of the load loses requests. */
const LONGEST_GAP_MS = 80;
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
    let loads: SteadyLoad[] = [];
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
      for (const load of loads) load.stop();
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

    const admitted = () => loads.reduce((sum, load) => sum + load.of('200'), 0);

    /** The admitted requests in relation to the rate, over a time in which the load was steady. */
    async function steadyRatio(attempts = 5): Promise<number> {
      for (const load of loads) load.takeLongestGapMs();
      const [before, at] = [admitted(), performance.now()];
      await sleep(2000);
      const ratio = ((admitted() - before) * 1000) / (performance.now() - at) / RATE;
      const isSteady = loads.every((load) => load.takeLongestGapMs() < LONGEST_GAP_MS);
      return isSteady || attempts === 1 ? ratio : steadyRatio(attempts - 1);
    }

    async function expectRate(what: string): Promise<void> {
      const ratio = await steadyRatio();
      process.stderr.write(`${what}: ${(ratio * 100).toFixed(1)} % of the configured rate\n`);
      expect(ratio).toBeGreaterThan(0.95);
      expect(ratio).toBeLessThan(1.05);
    }

    it('keep the registry and a limit over the loss of the master', async () => {
      await register(0, 'before');
      for (const gateway of gateways) await untilKnownAt(gateway);
      loads = gateways.map(({ url }) => new SteadyLoad(url, '/api/users/', 1000));
      await waitFor('the burst to be spent', () => loads.every((load) => load.of('429') > 500), 20_000);
      await expectRate('before the fail-over');

      redis.master.signal('SIGKILL');
      await redis.master.exited;
      const lostAt = performance.now();
      await waitFor('writes to be refused', async () => !(await register(0, 'refused')));
      let attempt = 0;
      for (const gateway of [0, 1])
        await waitFor('writes to be accepted', () => register(gateway, `after-${(attempt += 1)}`), 15_000);
      process.stderr.write(`fail-over after ${(performance.now() - lostAt).toFixed(0)} ms\n`);

      await sleep(1000);
      await expectRate('after the fail-over');
      const late = await startGateway();
      for (const gateway of [...gateways, late]) await untilKnownAt(gateway);
      await late.process.stop();
      expect(loads.map(({ statuses }) => [...statuses.keys()].sort())).toEqual([
        ['200', '429'],
        ['200', '429'],
      ]);
    }, 60_000);
  });
});
