import type { InstanceLoad } from '../../discovery/index.js';

/** How long the latency of an instance that nobody asks is remembered: after this time a third of it is left. */
const MEMORY_MS = 5_000;
/** How fast better answers pull it down, in time; */
const FALL_MS = 250;
/** how fast worse ones pull it up, each by this part of the difference. A few show trouble, a single one may be chance. */
const RISE = 0.2;
/** Differences below it are noise of the machine, not of the instance. */
const FLOOR_MS = 3;
/** For these connections are opened, and caches and compilers are cold, on both sides: the best of them says most. */
const FIRST_TIMINGS = 3;
/** What a further request costs an instance that is not known yet and owes an answer. */
const UNKNOWN_COST = 1e9;

/**
 * Takes an answer's latency into the moving one. That of a slow instance, which is asked seldom, has to rise by the answer;
 * that of a fast one, which is asked all the time, has to fall by the clock. After Finagle's peak EWMA, which rises at once:
 * on a busy machine every instance has had a peak a moment ago.
 */
export function observeLatency(load: InstanceLoad, ms: number, now: number): void {
  if (isNew(load)) {
    load.latencyMs = load.timings === 0 ? ms : Math.min(load.latencyMs, ms);
    load.timings += 1;
  } else if (ms >= load.latencyMs) load.latencyMs += (ms - load.latencyMs) * RISE;
  else load.latencyMs += (ms - load.latencyMs) * (1 - Math.exp((load.latencyAt - now) / FALL_MS));
  load.latencyAt = now;
}

/** Takes in how long a failure took: to fail fast makes nobody attractive, to fail slowly makes nobody better. */
export function observeFailure(load: InstanceLoad, ms: number, now: number): void {
  if (ms > load.latencyMs) observeLatency(load, ms, now);
  else if (isNew(load)) load.timings += 1;
}

/**
 * What one more request would cost: expected wait times requests waiting. An old latency fades, so that it is tried again. One that is
 * new is asked before all others, and by one request at a time.
 */
export function costOf(load: InstanceLoad, now: number): number {
  if (isNew(load)) return load.inFlight === 0 ? 0 : UNKNOWN_COST + load.inFlight;
  const expected = load.latencyMs * Math.exp((load.latencyAt - now) / MEMORY_MS);
  return (FLOOR_MS + expected) * (load.inFlight + 1);
}

const isNew = ({ timings }: InstanceLoad): boolean => timings < FIRST_TIMINGS;
