import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '#scripts/lib/free-port.mjs';
import { tempDir } from '../temp-dir.js';
import { waitFor } from '../wait-for.js';
import { findPostgres } from './find-postgres.js';
import { Databases } from './databases.js';

/** A PostgreSQL server for one suite, which may stop it or change what all databases of a server share. */
export interface TestPostgres {
  readonly port: number;
  /** Creates an empty database and returns its URL. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts a server on a free loopback port in a temporary directory.
 * @throws when PostgreSQL is not installed.
 */
export async function startPostgres(): Promise<TestPostgres> {
  const directory = tempDir('postgres-');
  const { port, server } = await launchPostgres(directory.path);
  const exited = once(server, 'exit');
  const databases = new Databases(port);
  return {
    port,
    createDatabase: () => databases.create(),
    stop: async () => {
      // SIGINT is PostgreSQL's fast shutdown: it does not wait for clients to disconnect.
      server.kill('SIGINT');
      await exited;
      directory.remove();
    },
  };
}

// Test servers need no durability. Several suites, each with several processes, may use one server.
const OPTIONS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=400'];

/** Starts a server whose files are in `directory`, and waits until it accepts connections. */
export async function launchPostgres(directory: string): Promise<{ port: number; server: ChildProcess }> {
  const bin = findPostgres();
  if (bin === undefined) throw new Error('PostgreSQL (initdb, postgres) is not installed');
  const owner = ownerOf(directory);
  const data = join(directory, 'data');
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '-N'], {
    stdio: 'ignore',
    ...owner,
  });
  const port = await freePort();
  const args = ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', directory];
  const options = OPTIONS.flatMap((option) => ['-c', option]);
  const server = spawn(join(bin, 'postgres'), [...args, ...options], { stdio: 'ignore', ...owner });
  await waitFor(`PostgreSQL on port ${port}`, () => new Databases(port).query('select 1'), 30_000);
  return { port, server };
}

// The server refuses to run as root; root starts it as the `postgres` user that the package creates.
function ownerOf(directory: string): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  const owner = { uid: id('-u'), gid: id('-g') };
  chmodSync(directory, 0o700);
  chownSync(directory, owner.uid, owner.gid);
  return owner;
}
