import { once } from 'node:events';
import { connect } from 'node:net';
import { freePort } from '#scripts/lib/free-port.mjs';
import { findProgram } from '../process/find-program.js';
import { LaunchedProcess } from '../process/launched-process.js';
import { plainEnvironment } from '../process/start-system.js';
import { tempDir } from '../temp-dir.js';
import { waitFor } from '../wait-for.js';

/** A Redis server for one suite. */
export interface TestRedis {
  readonly port: number;
  readonly url: string;
  readonly process: LaunchedProcess;
  stop(): Promise<void>;
}

/**
 * Starts a server without persistence on a loopback port.
 * @param port the port of a stopped server, to replace it with an empty one at the same address
 * @param extra further options of `redis-server`
 * @throws when Redis is not installed
 */
export async function startRedis(port?: number, extra: readonly string[] = []): Promise<TestRedis> {
  const program = findProgram('redis-server');
  if (program === undefined) throw new Error('redis-server is not installed');
  const directory = tempDir('redis-');
  const at = port ?? (await freePort());
  const options = ['--bind', '127.0.0.1', '--port', at, '--save', '', '--appendonly', 'no'];
  const args = [...options.map(String), '--dir', directory.path, ...extra];
  const process = new LaunchedProcess(program, args, plainEnvironment());
  await waitFor(`Redis on port ${at}`, () => respondsToPing(at));
  return {
    port: at,
    url: `redis://127.0.0.1:${at}`,
    process,
    stop: async () => {
      await process.stop();
      directory.remove();
    },
  };
}

// A server that requires a password is also ready.
const respondsToPing = async (port: number): Promise<boolean> =>
  /^(?:\+PONG|-NOAUTH)/.test(await askRedis(port, 'PING'));

/** Sends one command to a server on loopback. Returns the first part of the reply, as it was sent. */
export async function askRedis(port: number, command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write(`${command}\r\n`);
    const [reply] = (await once(socket, 'data')) as [Buffer];
    return reply.toString();
  } finally {
    socket.destroy();
  }
}
