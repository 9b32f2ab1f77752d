import { Agent, get } from 'node:http';
import { canMeasureCpu } from './cpu.mjs';
import { measure } from './measure.mjs';
import { memoryOf } from './memory.mjs';

/** Enough for a process to reach the memory that it needs under load, without a response in its cache. */
const SECONDS_WITHOUT_OBJECTS = 3;
const AT_ONCE = 64;

/**
 * Requests the most popular objects of the scenario once each, the least popular of them first.
 * @returns memory of the target before; `undefined` if the scenario has no objects
 */
export async function fillCache(running, target, scenario) {
  if (scenario.kind !== 'zipf') return undefined;
  await measure(running, target, { ...scenario, kind: 'closed', path: '/207' }, SECONDS_WITHOUT_OBJECTS);
  const memoryBefore = canMeasureCpu ? memoryOf(running.child.pid) : undefined;
  await requestAll(running.url + target.prefix + scenario.path, scenario.filledObjects);
  return memoryBefore;
}

async function requestAll(url, objects) {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  let next = objects;
  const send = async () => {
    while (next > 0) await requestOne(agent, url + next--);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, send));
  agent.destroy();
}

const requestOne = (agent, url) =>
  new Promise((resolve, reject) => {
    get(url, { agent }, (response) => response.on('close', resolve).resume()).on('error', reject);
  });

/** What the cache of a target occupies, in memory and in files, beside its memory before it stored anything. */
export async function storageOf(running, memoryBefore) {
  if (memoryBefore === undefined || running.stored === undefined) return undefined;
  const { objects, bytes } = await running.stored();
  const memoryBytes = memoryOf(running.child.pid) - memoryBefore;
  return { objects, memoryBytes, fileBytes: bytes, bytesPerObject: (memoryBytes + bytes) / objects };
}
