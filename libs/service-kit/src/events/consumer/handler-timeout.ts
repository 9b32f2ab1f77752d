import { setTimeout as sleep } from 'node:timers/promises';
import type { EventHandler } from '../transport/event-transport.js';

/** Less than the time for which a process claims a parked event. */
const TIMEOUT_MS = 20_000;

/** Lets `handle` fail after {@link TIMEOUT_MS}: a handler that never ends would hold up its transport. */
export const withTimeLimit =
  (handle: EventHandler): EventHandler =>
  async (event) => {
    const timer = new AbortController();
    const timeout = sleep(TIMEOUT_MS, undefined, { signal: timer.signal, ref: false }).then(
      () => {
        throw new Error(`the handler has not finished within ${TIMEOUT_MS / 1000} seconds`);
      },
      () => undefined,
    );
    try {
      await Promise.race([handle(event), timeout]);
    } finally {
      timer.abort();
    }
  };
