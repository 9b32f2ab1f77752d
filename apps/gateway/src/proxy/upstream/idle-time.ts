/** Idle time-out of upstream connections. Below Node's default of 5 s, so that the gateway closes first. */
export const DEFAULT_IDLE_MS = 4_000;
const LONGEST_IDLE_MS = 60_000;
/** Deducted from `Keep-Alive: timeout=`, because the server's timer starts before its response arrives. */
const IDLE_MARGIN_MS = 1_000;

/** The idle time-out, milliseconds, for a server that announced `Keep-Alive: timeout=` with `seconds`. */
export const idleMsOf = (seconds: number): number =>
  Math.min(Math.max(seconds * 1000 - IDLE_MARGIN_MS, 0), LONGEST_IDLE_MS);
