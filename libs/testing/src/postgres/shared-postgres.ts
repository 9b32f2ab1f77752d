import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../wait-for.js';
import { launchPostgres } from './start-postgres.js';

const START_TIMEOUT_MS = 50_000;

/**
 * The port of the server that all suites of a run share. The first suite that needs the server starts it.
 * `scripts/test/set-up.mjs` creates the folder of its files, and `scripts/test/tear-down.mjs` stops it after the run.
 */
export async function sharedPostgres(): Promise<number> {
  const folder = process.env.TEST_SERVERS_DIR;
  if (folder === undefined) throw new Error('TEST_SERVERS_DIR is not set: run suites with jest.config.mjs');
  const file = join(folder, 'postgres.port');
  if (isFirst(folder)) await start(folder, file);
  return waitFor('the shared PostgreSQL', () => Number(readFileSync(file, 'utf8')), START_TIMEOUT_MS);
}

/** Whether no other suite has begun to start the server. */
function isFirst(folder: string): boolean {
  try {
    mkdirSync(join(folder, 'postgres'));
    return true;
  } catch {
    return false;
  }
}

async function start(folder: string, file: string): Promise<void> {
  const { port, server } = await launchPostgres(join(folder, 'postgres'));
  // The server outlives the worker process of this suite.
  server.unref();
  // Renamed when complete, so that no other suite reads an empty file.
  writeFileSync(`${file}.new`, String(port));
  renameSync(`${file}.new`, file);
}
