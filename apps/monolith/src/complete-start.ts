import { setTimeout as sleep } from 'node:timers/promises';
import type { Readiness, RunningApp } from '#service-kit';

const POLL_MS = 20;
/** A service that needs longer has a fault, such as an unavailable store; requests for the others must not wait for it. */
const LONGEST_START_MS = 10_000;

/** Makes the gateway ready once every service is registered and in rotation: until then it would respond 404 or 503. */
export async function completeStart(
  readiness: Readiness,
  services: readonly Pick<RunningApp, 'name' | 'firstRegistration'>[],
  isInRotation: (service: string) => boolean,
  longestMs = LONGEST_START_MS,
): Promise<void> {
  const latest = performance.now() + longestMs;
  await Promise.all(services.map(({ firstRegistration }) => firstRegistration));
  while (!services.every(({ name }) => isInRotation(name)) && performance.now() < latest) {
    if (readiness.isLeaving) return;
    await sleep(POLL_MS, undefined, { ref: false });
  }
  readiness.completeStart();
}
