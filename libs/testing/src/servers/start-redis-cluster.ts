import { spawnSync } from 'node:child_process';
import { freePort, isFreePort } from '#scripts/lib/free-port.mjs';
import { findProgram } from '../process/find-program.js';
import { waitFor } from '../wait-for.js';
import type { RedisGroup } from './redis-group.js';
import { askRedis, startRedis, type TestRedis } from './start-redis.js';

const MASTERS = 3;
/** The cluster bus listens on a port that is higher by this. */
const BUS_OFFSET = 10_000;
const OPTIONS = [
  '--cluster-enabled',
  'yes',
  '--cluster-node-timeout',
  '1000',
  '--repl-diskless-sync-delay',
  '0',
];

/**
 * Starts a Redis Cluster of three masters on loopback ports, and a replica of the master that has `key`.
 * @param key a key, or the hash tag of keys
 */
export async function startRedisCluster(key: string): Promise<RedisGroup> {
  const servers = await Promise.all(
    Array.from({ length: MASTERS + 1 }, async () => startRedis(await freePortWithBus(), OPTIONS)),
  );
  const [replica, ...masters] = servers as [TestRedis, ...TestRedis[]];
  const addresses = masters.map(({ port }) => `127.0.0.1:${port}`);
  const created = spawnSync(
    findProgram('redis-cli')!,
    ['--cluster', 'create', ...addresses, '--cluster-yes'],
    { encoding: 'utf8' },
  );
  if (created.status !== 0) throw new Error(`${created.stdout}${created.stderr}`);
  const slot = Number((await askRedis(masters[0]!.port, `CLUSTER KEYSLOT ${key}`)).slice(1));
  // `redis-cli` divides the slots in this order.
  const master = masters[Math.min(MASTERS - 1, Math.floor(slot / (16_384 / MASTERS)))]!;
  await addReplica(replica, master);
  for (const { port } of servers)
    await waitFor('the cluster', async () =>
      (await askRedis(port, 'CLUSTER INFO')).includes('cluster_state:ok'),
    );
  return {
    url: `redis+cluster://${addresses.join()}`,
    master: master.process,
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

/** A port that is free at this moment, as is the port of the cluster bus that Redis derives from it. */
async function freePortWithBus(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (await isFreePort(port + BUS_OFFSET)) return port;
  }
}

async function addReplica(replica: TestRedis, master: TestRedis): Promise<void> {
  const id = /[\da-f]{40}/.exec(await askRedis(master.port, 'CLUSTER MYID'))![0];
  await askRedis(replica.port, `CLUSTER MEET 127.0.0.1 ${master.port}`);
  await waitFor('the replica', async () =>
    (await askRedis(replica.port, `CLUSTER REPLICATE ${id}`)).startsWith('+OK'),
  );
  await waitFor('the replication', async () =>
    (await askRedis(replica.port, 'INFO replication')).includes('master_link_status:up'),
  );
}
