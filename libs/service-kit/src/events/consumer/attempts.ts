const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 60_000;

/** Failures after which an event becomes a dead letter: about three minutes after the first one. */
export const MAX_ATTEMPTS = 10;

/** Milliseconds until the next attempt after so many failures; `undefined`: there is none. */
export const pauseMs = (attempts: number): number | undefined =>
  attempts >= MAX_ATTEMPTS ? undefined : Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), MAX_PAUSE_MS);
