import { waitFor } from '#testing';

const STABLE_SAMPLES = 25;

/** Waits until `value` has grown and then stops changing; returns it. */
export async function untilStable(what: string, value: () => number | Promise<number>): Promise<number> {
  let last = 0;
  let stableSamples = 0;
  await waitFor(
    what,
    async () => {
      const now = await value();
      stableSamples = now === last && now > 0 ? stableSamples + 1 : 0;
      last = now;
      return stableSamples >= STABLE_SAMPLES;
    },
    60_000,
  );
  return last;
}
