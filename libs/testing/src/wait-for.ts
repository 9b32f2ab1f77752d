import { setTimeout as sleep } from 'node:timers/promises';

/**
 * More than any condition needs on a busy machine, and less than what would hide that a process notices nothing: leases
 * expire after 30 s, shutdowns end after 25 s.
 */
const LONGEST_WAIT_MS = 20_000;

/**
 * Repeats `check` until it returns a value other than `false` without throwing, and returns that value.
 * @throws after `timeoutMs`.
 */
export async function waitFor<T>(
  what: string,
  check: () => T | Promise<T>,
  timeoutMs = LONGEST_WAIT_MS,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const outcome = await attempt(check);
    if ('value' in outcome && outcome.value !== false) return outcome.value;
    if (performance.now() > deadline)
      throw new Error(`timed out after ${timeoutMs} ms waiting for ${what}`, {
        cause: 'error' in outcome ? outcome.error : undefined,
      });
    await sleep(20);
  }
}

async function attempt<T>(check: () => T | Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await check() };
  } catch (error) {
    return { error };
  }
}
