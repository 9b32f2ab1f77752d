import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from '../process/free-port.js';
import { tempDir } from '../temp-dir.js';
import { waitFor } from '../wait-for.js';
import { findPostgres } from './find-postgres.js';

/** A PostgreSQL server for one suite. */
export interface TestPostgres {
  readonly port: number;
  /** Creates an empty database and returns its URL. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
}

// Test servers need no durability.
const IMPATIENT = ['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off'];

/**
 * Starts a server on a free loopback port in a temporary directory.
 * @throws when PostgreSQL is not installed.
 */
export async function startPostgres(): Promise<TestPostgres> {
  const bin = findPostgres();
  if (bin === undefined) throw new Error('PostgreSQL (initdb, postgres) is not on this machine');
  const directory = tempDir('postgres-');
  const server = await launch(bin, directory.path);
  let databases = 0;
  return {
    port: server.port,
    createDatabase: async () => {
      const name = `test_${++databases}`;
      await query(server.port, `create database ${name}`);
      return urlOf(server.port, name);
    },
    stop: async () => {
      // SIGINT is PostgreSQL's fast shutdown: it does not wait for clients to disconnect.
      server.process.kill('SIGINT');
      await server.exited;
      directory.remove();
    },
  };
}

const urlOf = (port: number, database: string): string => `postgres://postgres@127.0.0.1:${port}/${database}`;

interface Launched {
  readonly port: number;
  readonly process: ChildProcess;
  readonly exited: Promise<unknown>;
}

async function launch(bin: string, directory: string): Promise<Launched> {
  const owner = ownerOf(directory);
  const data = join(directory, 'data');
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '-N'], {
    stdio: 'ignore',
    ...owner,
  });
  const port = await freePort();
  const args = ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', directory, ...IMPATIENT];
  const server = spawn(join(bin, 'postgres'), args, { stdio: 'ignore', ...owner });
  const exited = once(server, 'exit');
  await waitFor(`PostgreSQL on port ${port}`, () => query(port, 'select 1'), 30_000);
  return { port, process: server, exited };
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

async function query(port: number, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(port, 'postgres') });
  try {
    await client.connect();
    await client.query(text);
  } finally {
    await client.end();
  }
}
