import { setTimeout as sleep } from 'node:timers/promises';
import { factsOf } from '../errors/error-facts.js';
import { storageBusy } from './storage.problems.js';

const GIVE_UP_AFTER_MS = 5000;
const LONGEST_PAUSE_MS = 25;

const isBusy = (error: unknown): boolean => factsOf(error).code?.startsWith('SQLITE_BUSY') === true;

/**
 * Repeats `step` until no other process holds the file's write lock. SQLite's own busy timeout would block the whole
 * event loop; here only this caller waits.
 */
export async function whileBusy<T>(step: () => T): Promise<Awaited<T>> {
  const deadline = performance.now() + GIVE_UP_AFTER_MS;
  for (let pause = 1; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await step();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() > deadline) throw storageBusy(error);
      await sleep(pause * (0.5 + Math.random()));
    }
  }
}
