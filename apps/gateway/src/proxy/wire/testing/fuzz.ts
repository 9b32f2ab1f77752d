import fc from 'fast-check';

/**
 * How long one property is tried, and by which seed: `npm run fuzz` sets both. Without it the cases are the same each time,
 * so that a suite fails for what has changed and for nothing else.
 */
const MILLISECONDS = Number(process.env.FUZZ_MS ?? 12_000);
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_124);
const MOST_CASES = process.env.FUZZ_MS === undefined ? 30_000 : Number.MAX_SAFE_INTEGER;

export const FUZZ_TIMEOUT_MS = MILLISECONDS + 60_000;

/**
 * Tries `property` until the time is up, or the cases are.
 * @returns how many cases were tried
 * @throws with the seed and the smallest case that fails
 */
export async function fuzz<T>(
  arbitrary: fc.Arbitrary<T>,
  property: (value: T) => Promise<string | undefined>,
): Promise<number> {
  const details = await fc.check(
    fc.asyncProperty(arbitrary, async (value) => {
      const fault = await property(value);
      if (fault !== undefined) throw new Error(fault);
    }),
    {
      seed: SEED,
      numRuns: MOST_CASES,
      interruptAfterTimeLimit: MILLISECONDS,
      markInterruptAsFailure: false,
    },
  );
  if (details.failed) throw new Error(`FUZZ_SEED=${SEED}: ${fc.defaultReportMessage(details) ?? ''}`);
  return details.numRuns;
}
