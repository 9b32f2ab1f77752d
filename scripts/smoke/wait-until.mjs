import { setTimeout as sleep } from 'node:timers/promises';
import { Mismatch } from './expect.mjs';

/** Repeats `check` until it returns a truthy value; returns that. */
export async function waitUntil(what, check, timeoutMs = 10_000) {
  const deadline = Date.now() + timeoutMs;
  let got;
  while (Date.now() < deadline) {
    got = await check();
    if (got) return got;
    await sleep(50);
  }
  throw new Mismatch(`${what} within ${timeoutMs / 1000} s`, got);
}
