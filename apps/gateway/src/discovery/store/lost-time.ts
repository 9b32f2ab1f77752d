/** How often leases are looked through; also how late an instance may leave after its lease ran out. */
export const SWEEP_EVERY_MS = 100;

/** A sweep that comes later than this says that somebody stood still, or that a clock was set. */
export const STALL_MS = 1000;

/**
 * The time that was lost between two sweeps, milliseconds. While nobody swept, nobody heard heartbeats either: what was
 * missed is not the instances' fault. A clock that was set, forward or back, looks the same and is treated the same.
 */
export function lostTime(sweptAt: number, now: number): number {
  const lostMs = now - sweptAt - SWEEP_EVERY_MS;
  return Math.abs(lostMs) > STALL_MS ? lostMs : 0;
}
