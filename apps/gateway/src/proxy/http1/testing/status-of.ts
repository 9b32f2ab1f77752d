import type { Problem } from '#contracts';

/** The status of the problem that `act` throws. */
export function statusOf(act: () => unknown): number | undefined {
  try {
    act();
  } catch (error) {
    return (error as Problem).status;
  }
  return undefined;
}
