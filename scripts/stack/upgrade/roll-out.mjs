import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from '../stack-error.mjs';

/**
 * Weights of the old instances in each step. New instances always have weight 100, so with equal numbers they receive 9, 50 and 100
 * percent of the requests, and no weight has to be corrected afterwards.
 */
export const STEPS = [1000, 100, 0];

/** A difference of more than one error in a hundred requests is not attributed to chance. */
const TOLERATED = 0.01;
const JOIN_TIMEOUT_MS = 60_000;
const POLL_MS = 200;

const namesOf = (instances) => instances.map(({ id, version }) => `${id} (${version})`).join(', ');

/**
 * Replaces the running instances of a service by new ones, step by step, without failed requests. If the new ones do not start, fail
 * more often than the old ones, or if requests find no healthy instance, the new ones are removed and the old ones keep running.
 * @throws StackError with the reason why nothing was replaced.
 */
export async function rollOut({ fleet, registry, print, pauseMs = 10_000, steps = STEPS }) {
  const leaving = (await registry.instances()).filter(({ status }) => status === 'up');
  if (leaving.length === 0)
    throw new StackError('no instance of the service is up: there is nothing to replace');
  try {
    // Before the new ones start, so that their first share is small.
    await registry.weigh(leaving, steps[0]);
    await fleet.start();
    const coming = await joined(registry, leaving);
    print(`new instances: ${namesOf(coming)}`);
    for (const weight of steps) await step({ registry, leaving, coming, weight, print, pauseMs });
  } catch (error) {
    await goBack({ registry, fleet, leaving });
    throw error instanceof StackError
      ? new StackError(`${error.message}; the old instances keep running`)
      : error;
  }
  await fleet.retire();
  print(`stopped: ${namesOf(leaving)}`);
}

async function joined(registry, leaving) {
  const known = new Set(leaving.map(({ id }) => id));
  const deadline = Date.now() + JOIN_TIMEOUT_MS;
  for (;;) {
    const coming = (await registry.instances()).filter(({ id, status }) => status === 'up' && !known.has(id));
    if (coming.length >= leaving.length) return coming;
    if (Date.now() > deadline) throw new StackError('the new instances did not register');
    await sleep(POLL_MS);
  }
}

async function step({ registry, leaving, coming, weight, print, pauseMs }) {
  const unservedBefore = await registry.unserved();
  await registry.weigh(leaving, weight);
  await sleep(pauseMs);
  const [before, after] = [await registry.failureRate(leaving), await registry.failureRate(coming)];
  const percent = (share) => `${(share * 100).toFixed(1)} %`;
  print(`old instances at weight ${weight}: error rate ${percent(before)} old, ${percent(after)} new`);
  if (after > before + TOLERATED) throw new StackError('the new instances fail more often than the old ones');
  const unserved = (await registry.unserved()) - unservedBefore;
  if (unserved > 0) throw new StackError(`${unserved} requests found no healthy instance`);
}

async function goBack({ registry, fleet, leaving }) {
  for (const instance of leaving) await registry.weigh([instance], instance.weight);
  await fleet.discard();
}
