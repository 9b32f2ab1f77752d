import type { EventHandler } from '../transport/event-transport.js';

/** Less than the time for which a process claims a parked event. */
const TIMEOUT_MS = 20_000;

/** Lets `handle` fail after {@link TIMEOUT_MS}: a handler that never ends would hold up its transport. */
export const withTimeLimit =
  (handle: EventHandler): EventHandler =>
  (event) =>
    new Promise((resolve, reject) => {
      const expire = (): void =>
        reject(new Error(`the handler has not finished within ${TIMEOUT_MS / 1000} seconds`));
      const timer = setTimeout(expire, TIMEOUT_MS);
      handle(event)
        .then(resolve, reject)
        .finally(() => clearTimeout(timer));
    });
