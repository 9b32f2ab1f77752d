import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from '../stack-error.mjs';

/**
 * Weights of the instances that leave, one step after the other, beside the 100 of those that come: as many new as old
 * get a share of 9, 50 and 100 percent. Those that come are never weighed, so nothing has to be put right afterwards.
 */
export const STEPS = [1000, 100, 0];

/** Errors of new instances that are one in a hundred more than those of the old ones are no chance any more. */
const TOLERATED = 0.01;
const JOIN_TIMEOUT_MS = 60_000;
const POLL_MS = 200;

const namesOf = (instances) => instances.map(({ id, version }) => `${id} (${version})`).join(', ');

/**
 * Replaces the running instances of a service by new ones, step by step, without a failed request. When the new ones do
 * not start, fail more often than the old ones, or leave requests without an instance, they are taken away and the old ones go on as before.
 * @throws StackError that says why nothing was replaced.
 */
export async function rollOut({ fleet, registry, say, pauseMs = 10_000, steps = STEPS }) {
  const leaving = (await registry.instances()).filter(({ status }) => status === 'up');
  if (leaving.length === 0) throw new StackError('no instance of it is up: there is nothing to replace');
  try {
    // Before the new ones come, so that their first share is small.
    await registry.weigh(leaving, steps[0]);
    await fleet.start();
    const coming = await joined(registry, leaving);
    say(`here: ${namesOf(coming)}`);
    for (const weight of steps) await step({ registry, leaving, coming, weight, say, pauseMs });
  } catch (error) {
    await goBack({ registry, fleet, leaving });
    throw error instanceof StackError
      ? new StackError(`${error.message}; the instances before go on`)
      : error;
  }
  await fleet.retire();
  say(`gone: ${namesOf(leaving)}`);
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

async function step({ registry, leaving, coming, weight, say, pauseMs }) {
  const unservedBefore = await registry.unserved();
  await registry.weigh(leaving, weight);
  await sleep(pauseMs);
  const [before, after] = [await registry.failureRate(leaving), await registry.failureRate(coming)];
  const percent = (share) => `${(share * 100).toFixed(1)} %`;
  say(
    `weight ${weight} for the old ones: errors ${percent(before)} there, ${percent(after)} on the new ones`,
  );
  if (after > before + TOLERATED) throw new StackError('the new instances fail more often');
  const unserved = (await registry.unserved()) - unservedBefore;
  if (unserved > 0) throw new StackError(`${unserved} requests met no healthy instance`);
}

async function goBack({ registry, fleet, leaving }) {
  for (const instance of leaving) await registry.weigh([instance], instance.weight);
  await fleet.discard();
}
