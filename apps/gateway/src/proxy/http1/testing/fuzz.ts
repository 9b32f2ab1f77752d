import fc from 'fast-check';

/**
 * Duration and seed for one property; `npm run fuzz` sets both. Otherwise the cases are the same in each run, so
 * that a suite fails only because of a change.
 */
const MILLISECONDS = Number(process.env.FUZZ_MS ?? 5_000);
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_124);
const MOST_CASES = process.env.FUZZ_MS === undefined ? 30_000 : Number.MAX_SAFE_INTEGER;

export const FUZZ_TIMEOUT_MS = MILLISECONDS + 60_000;

/**
 * Checks `property` until the time limit or the maximum number of cases is reached.
 * @returns the number of cases
 * @throws Error with the seed and the smallest failing case
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
