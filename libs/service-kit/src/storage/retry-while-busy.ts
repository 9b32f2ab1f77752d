import { setTimeout as sleep } from 'node:timers/promises';
import { errorProperties } from '../errors/error-properties.js';
import { storageBusy } from './storage.problems.js';

const MAX_WAIT_MS = 5000;
const MAX_PAUSE_MS = 25;

const isBusy = (error: unknown): boolean => errorProperties(error).code?.startsWith('SQLITE_BUSY') === true;

/**
 * Repeats `step` until no other process holds the file's write lock. SQLite's own busy timeout would block the whole
 * event loop; here only this caller waits.
 */
export async function retryWhileBusy<T>(step: () => T): Promise<Awaited<T>> {
  const deadline = performance.now() + MAX_WAIT_MS;
  for (let pause = 1; ; pause = Math.min(pause * 2, MAX_PAUSE_MS)) {
    try {
      return await step();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() > deadline) throw storageBusy(error);
      await sleep(pause * (0.5 + Math.random()));
    }
  }
}
