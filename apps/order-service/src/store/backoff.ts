const FIRST_DELAY_MS = 1000;
// Low, because a customer waits for the order, and an attempt at a service that is down costs little.
const MAX_DELAY_MS = 5000;

/**
 * Wait before the next attempt after `attempts` failures, in milliseconds. Jittered, so that retries of many orders
 * do not coincide.
 */
export function backoffMs(attempts: number, random: () => number = Math.random): number {
  const maxDelayMs = Math.min(FIRST_DELAY_MS * 2 ** Math.max(0, attempts - 1), MAX_DELAY_MS);
  return Math.round(maxDelayMs * (0.5 + random() / 2));
}
