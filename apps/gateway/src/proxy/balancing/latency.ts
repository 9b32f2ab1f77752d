import type { InstanceLoad } from '../../discovery/index.js';

/** How long a latency is remembered: after this time a third of it is left. */
const MEMORY_MS = 5_000;
/** Differences below it are noise of the machine, not of the instance. */
const FLOOR_MS = 1;
/** What a further request costs an instance whose first has not been answered yet. */
const UNKNOWN_COST = 1e9;

const remembered = (load: InstanceLoad, now: number): number => Math.exp((load.latencyAt - now) / MEMORY_MS);

/**
 * Takes an answer's latency into the moving one: at once when it is worse (a peak tells of trouble now), by and by when
 * it is better. Finagle's peak EWMA.
 */
export function observeLatency(load: InstanceLoad, ms: number, now: number): void {
  if (ms >= load.latencyMs) load.latencyMs = ms;
  else {
    const old = remembered(load, now);
    load.latencyMs = load.latencyMs * old + ms * (1 - old);
  }
  load.latencyAt = now;
}

/** Takes in how long a failure took: to fail fast makes nobody attractive, to fail slowly makes nobody better. */
export function observeFailure(load: InstanceLoad, ms: number, now: number): void {
  if (ms > load.latencyMs) observeLatency(load, ms, now);
}

/** What one more request would cost: expected wait times requests waiting. An old latency fades, so that it is tried again. */
export function costOf(load: InstanceLoad, now: number): number {
  if (load.latencyMs === 0) return load.inFlight === 0 ? 0 : UNKNOWN_COST + load.inFlight;
  return (FLOOR_MS + load.latencyMs * remembered(load, now)) * (load.inFlight + 1);
}
