const FIRST_MS = 1000;
// Low, as an order that waits is a customer who waits; an attempt at a neighbour that is down costs next to nothing.
const LONGEST_MS = 5000;

/** When to try again after so many attempts in vain, milliseconds from now; jittered, so that orders do not queue up in step. */
export function backoffMs(attempts: number, random: () => number = Math.random): number {
  const longest = Math.min(FIRST_MS * 2 ** Math.max(0, attempts - 1), LONGEST_MS);
  return Math.round(longest * (0.5 + random() / 2));
}
