import { autocannon } from './autocannon.mjs';
import { openLoop } from './open-loop.mjs';
import { wrk } from './wrk.mjs';

/**
 * The load generator of a scenario. `run` returns `{ requests, seconds, p50Ms, p99Ms, failures }`; a failure is a
 * response other than 2xx or 3xx, or no response.
 */
export function loadFor(scenario) {
  if (scenario.kind === 'open') return openLoop;
  return wrk.isInstalled() ? wrk : autocannon;
}
