import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '#scripts/lib/free-port.mjs';
import { findProgram } from '../process/find-program.js';
import { LaunchedProcess } from '../process/launched-process.js';
import { plainEnvironment } from '../process/start-system.js';
import { tempDir } from '../temp-dir.js';
import { waitFor } from '../wait-for.js';
import type { RedisGroup } from './redis-group.js';
import { askRedis, startRedis } from './start-redis.js';

const SENTINELS = 3;
const MASTER = 'main';

const settings = (port: number, master: number): string => `
port ${port}
bind 127.0.0.1
sentinel monitor ${MASTER} 127.0.0.1 ${master} 2
sentinel down-after-milliseconds ${MASTER} 500
sentinel failover-timeout ${MASTER} 5000
`;

/** Starts a Redis server, a replica of it, and three Sentinels, on loopback ports. */
export async function startSentinels(): Promise<RedisGroup> {
  const directory = tempDir('sentinel-');
  const master = await startRedis(undefined, ['--repl-diskless-sync-delay', '0']);
  const replica = await startRedis(undefined, ['--replicaof', '127.0.0.1', String(master.port)]);
  const program = findProgram('redis-server')!;
  const ports = await Promise.all(Array.from({ length: SENTINELS }, () => freePort()));
  const sentinels = ports.map((port) => {
    const path = join(directory.path, `${port}.conf`);
    writeFileSync(path, settings(port, master.port));
    return new LaunchedProcess(program, [path, '--sentinel'], plainEnvironment());
  });
  for (const port of ports)
    await waitFor('the Sentinels to know the replica and each other', async () => {
      const state = await askRedis(port, `SENTINEL MASTER ${MASTER}`);
      return (
        state.includes('num-slaves\r\n$1\r\n1\r\n') && state.includes('num-other-sentinels\r\n$1\r\n2\r\n')
      );
    });
  return {
    url: `redis+sentinel://${ports.map((port) => `127.0.0.1:${port}`).join()}/${MASTER}`,
    master: master.process,
    stop: async () => {
      await Promise.all([...sentinels, master.process, replica.process].map((each) => each.stop()));
      await Promise.all([master.stop(), replica.stop()]);
      directory.remove();
    },
  };
}
