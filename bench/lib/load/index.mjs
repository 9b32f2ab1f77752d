import { autocannon } from './autocannon.mjs';
import { openLoop } from './open-loop.mjs';
import { wrk, zipf } from './wrk.mjs';

/**
 * The load generator of a scenario. `run` returns `{ requests, seconds, p50Ms, p99Ms, failures }`; a failure is a
 * response other than 2xx or 3xx, or no response.
 */
export function loadFor(scenario) {
  if (scenario.kind === 'open') return openLoop;
  if (scenario.kind === 'zipf') return zipf;
  return wrk.isInstalled() ? wrk : autocannon;
}

/** Whether the load generator of a scenario is installed: only wrk requests many objects. */
export function canLoad({ name, kind }) {
  const isPossible = kind !== 'zipf' || wrk.isInstalled();
  if (!isPossible) process.stderr.write(`left out: ${name}: not installed: wrk\n`);
  return isPossible;
}
