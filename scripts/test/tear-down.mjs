import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const STOP_TIMEOUT_MS = 20_000;

/** Global tear-down of each project: stops the servers that suites shared, and removes their files. */
export default async function tearDown() {
  const folder = process.env.TEST_SERVERS_DIR;
  await stopPostgres(join(folder, 'postgres/data/postmaster.pid'));
  rmSync(folder, { recursive: true, force: true });
}

/** Stops the server of this lock file, if any. The server removes the file when it ends. */
async function stopPostgres(lock) {
  if (!existsSync(lock)) return;
  process.kill(Number(readFileSync(lock, 'utf8').split('\n')[0]), 'SIGINT');
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  while (existsSync(lock) && performance.now() < deadline) await sleep(20);
}
