import { EXIT, CommandError } from '../command-error.mjs';
import { follow } from './follow.mjs';

const STREAM = '/dashboard/stream';
const TIMEOUT_MS = 10_000;

/** The state of a gateway as its dashboard shows it now. */
export async function currentState(gateway) {
  for await (const { event, data } of gateway.events(STREAM, { signal: AbortSignal.timeout(TIMEOUT_MS) }))
    if (event === 'state') return JSON.parse(data);
  throw new CommandError(EXIT.failed, `${gateway.url}: the gateway stops; try again in a few seconds`);
}

/**
 * The state each time that it changes, at least once per second with traffic.
 * @param options as of `follow`
 */
export async function* liveStates(gateway, options) {
  let state;
  for await (const { event, data } of follow(gateway, STREAM, options)) {
    if (event !== 'state' && event !== 'patch') continue;
    state = event === 'state' ? JSON.parse(data) : mergePatch(state, JSON.parse(data));
    yield state;
  }
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The result of a JSON merge patch (RFC 7396). */
function mergePatch(target, patch) {
  if (!isObject(patch)) return patch;
  const result = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name);
    else result.set(name, mergePatch(result.get(name), value));
  }
  return Object.fromEntries(result);
}
