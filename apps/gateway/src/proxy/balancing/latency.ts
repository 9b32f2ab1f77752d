import type { InstanceLoad } from '../../discovery/index.js';

/** Decay of the latency of an instance without traffic: a third of it is left after this time. */
const MEMORY_MS = 5_000;
/** Time constant of falling towards lower latencies. */
const FALL_MS = 250;
/**
 * Share of the difference by which a higher latency raises it. A single slow response may be chance, a few are not.
 */
const RISE = 0.2;
/** Added to every latency: smaller differences are noise of the machine, not of the instance. */
const FLOOR_MS = 3;
/**
 * The first responses include connection set-up and cold caches and compilers on both sides, so the fastest counts.
 */
const FIRST_TIMINGS = 3;
/** Cost of a further request to a new instance that has one in flight. */
const UNKNOWN_COST = 1e9;

/**
 * Adds the latency of a response to the moving latency. A slow instance gets few requests, so its latency rises per
 * response; a fast instance gets many, so its latency falls with time. Based on Finagle's peak EWMA, which rises at
 * once: on a busy machine, every instance has had a recent peak.
 */
export function observeLatency(load: InstanceLoad, ms: number, now: number): void {
  if (isNew(load)) {
    load.latencyMs = load.timings === 0 ? ms : Math.min(load.latencyMs, ms);
    load.timings += 1;
  } else if (ms >= load.latencyMs) load.latencyMs += (ms - load.latencyMs) * RISE;
  else load.latencyMs += (ms - load.latencyMs) * (1 - Math.exp((load.latencyAt - now) / FALL_MS));
  load.latencyAt = now;
}

/** Adds the duration of a failure: a fast failure does not lower the latency, a slow failure raises it. */
export function observeFailure(load: InstanceLoad, ms: number, now: number): void {
  if (ms > load.latencyMs) observeLatency(load, ms, now);
  else if (isNew(load)) load.timings += 1;
}

/**
 * Cost of one more request: expected latency times requests in flight. An old latency fades, so that a slow instance
 * is tried again. A new instance has the lowest cost, but for one request at a time.
 */
export function costOf(load: InstanceLoad, now: number): number {
  if (isNew(load)) return load.inFlight === 0 ? 0 : UNKNOWN_COST + load.inFlight;
  const expected = load.latencyMs * Math.exp((load.latencyAt - now) / MEMORY_MS);
  return (FLOOR_MS + expected) * (load.inFlight + 1);
}

const isNew = ({ timings }: InstanceLoad): boolean => timings < FIRST_TIMINGS;
