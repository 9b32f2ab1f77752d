/** How long a connection is kept unused. Below the five seconds after which Node closes idle ones, so that we are the first. */
export const DEFAULT_IDLE_MS = 4_000;
const LONGEST_IDLE_MS = 60_000;
/** What a `Keep-Alive: timeout=` is shortened by: the answer was under way while the server's clock ran. */
const IDLE_MARGIN_MS = 1_000;

/** The same for a server that has told its own time. */
export const idleMsOf = (seconds: number): number =>
  Math.min(Math.max(seconds * 1000 - IDLE_MARGIN_MS, 0), LONGEST_IDLE_MS);
