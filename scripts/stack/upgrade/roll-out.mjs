import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from '../stack-error.mjs';

/**
 * Weights of the old instances in each step. New instances always have weight 100, so with equal numbers they receive 9, 50 and 100
 * percent of the requests, and no weight has to be corrected afterwards.
 */
export const STEPS = [1000, 100, 0];

/** A difference of more than one error in a hundred requests is not attributed to chance. */
const TOLERATED_DIFFERENCE = 0.01;
const JOIN_TIMEOUT_MS = 60_000;
const POLL_MS = 200;

const namesOf = (instances) => instances.map(({ id, version }) => `${id} (${version})`).join(', ');

/**
 * Replaces the running instances of a service by new ones, step by step, without failed requests. With `traffic`, versions that differ get
 * the weights of their instances in the policy file, so that clients stay on a version. If the new ones do not start, fail
 * more often than the old ones, or if requests find no healthy instance, the new ones are removed and the old ones keep running.
 * @throws StackError with the reason why nothing was replaced.
 */
export async function rollOut({ fleet, registry, traffic, print, pauseMs = 10_000, steps = STEPS }) {
  const oldInstances = (await registry.instances()).filter(({ status }) => status === 'up');
  if (oldInstances.length === 0)
    throw new StackError('no instance of the service is up: there is nothing to replace');
  try {
    // Before the new ones start, so that their first share is small.
    await registry.setWeight(oldInstances, steps[0]);
    await fleet.start();
    const newInstances = await untilRegistered(registry, oldInstances);
    print(`new instances: ${namesOf(newInstances)}`);
    const byVersion = traffic?.canDivide(oldInstances, newInstances) ?? false;
    if (traffic && !byVersion)
      print('old and new instances have the same version: weights of instances move traffic');
    const setWeight = byVersion
      ? (weight) => traffic.divide(oldInstances, newInstances, weight)
      : (weight) => registry.setWeight(oldInstances, weight);
    for (const weight of steps)
      await step({ registry, oldInstances, newInstances, setWeight, weight, print, pauseMs });
  } catch (error) {
    try {
      await rollBack({ registry, fleet, oldInstances });
    } finally {
      traffic?.restore();
    }
    throw error instanceof StackError
      ? new StackError(`${error.message}; the old instances keep running`)
      : error;
  }
  await fleet.retire();
  traffic?.restore();
  print(`stopped: ${namesOf(oldInstances)}`);
}

async function untilRegistered(registry, oldInstances) {
  const known = new Set(oldInstances.map(({ id }) => id));
  const deadline = Date.now() + JOIN_TIMEOUT_MS;
  for (;;) {
    const newInstances = (await registry.instances()).filter(
      ({ id, status }) => status === 'up' && !known.has(id),
    );
    if (newInstances.length >= oldInstances.length) return newInstances;
    if (Date.now() > deadline) throw new StackError('the new instances did not register');
    await sleep(POLL_MS);
  }
}

async function step({ registry, oldInstances, newInstances, setWeight, weight, print, pauseMs }) {
  const unservedBefore = await registry.unserved();
  await setWeight(weight);
  await sleep(pauseMs);
  const [before, after] = [
    await registry.failureRate(oldInstances),
    await registry.failureRate(newInstances),
  ];
  const percent = (share) => `${(share * 100).toFixed(1)} %`;
  print(`old instances at weight ${weight}: error rate ${percent(before)} old, ${percent(after)} new`);
  if (after > before + TOLERATED_DIFFERENCE)
    throw new StackError('the new instances fail more often than the old ones');
  const unserved = (await registry.unserved()) - unservedBefore;
  if (unserved > 0) throw new StackError(`${unserved} requests found no healthy instance`);
}

async function rollBack({ registry, fleet, oldInstances }) {
  for (const instance of oldInstances) await registry.setWeight([instance], instance.weight);
  await fleet.discard();
}
