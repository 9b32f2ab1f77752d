import { setTimeout as sleep } from 'node:timers/promises';

/** Whether a GET of `url` returns 200. */
export async function responds(url) {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

const WAIT_MS = 30_000;

/** Waits until `condition` resolves to true. @throws Error that names `what` after a time-out */
export async function until(condition, what) {
  const deadline = Date.now() + WAIT_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`timed out waiting for ${what}`);
    await sleep(20);
  }
}
