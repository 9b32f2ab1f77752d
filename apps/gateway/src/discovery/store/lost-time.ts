/**
 * How often leases are checked; also the longest time from the end of a lease to the expiry of the instance.
 */
export const SWEEP_INTERVAL_MS = 100;

/** A sweep that is later than this indicates an event-loop stall or a clock jump. */
export const STALL_MS = 1000;

/**
 * The time lost between two sweeps, milliseconds. A process that does not sweep receives no heartbeats
 * either, so leases must not expire for it. A clock that was set, forward or back, looks the same and is
 * treated the same.
 */
export function lostTime(sweptAt: number, now: number): number {
  const lostMs = now - sweptAt - SWEEP_INTERVAL_MS;
  return Math.abs(lostMs) > STALL_MS ? lostMs : 0;
}
