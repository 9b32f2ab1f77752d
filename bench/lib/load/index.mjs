import { autocannon } from './autocannon.mjs';
import { openLoop } from './open-loop.mjs';
import { wrk } from './wrk.mjs';

/**
 * The generator of a scenario's load. `run` returns `{ requests, seconds, p50Ms, p99Ms, failures }`; a failure is an
 * answer other than 2xx or 3xx, or none.
 */
export function loadFor(scenario) {
  if (scenario.kind === 'open') return openLoop;
  return wrk.isThere() ? wrk : autocannon;
}
