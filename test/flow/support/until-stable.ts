import { waitFor } from '#testing';

const QUIET_TURNS = 25;

/** Waits until `value` has grown and then stops changing. */
export async function untilStable(what: string, value: () => number | Promise<number>): Promise<void> {
  let last = 0;
  let quietTurns = 0;
  await waitFor(
    what,
    async () => {
      const now = await value();
      quietTurns = now === last && now > 0 ? quietTurns + 1 : 0;
      last = now;
      return quietTurns >= QUIET_TURNS;
    },
    60_000,
  );
}
