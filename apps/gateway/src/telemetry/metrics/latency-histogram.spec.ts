import fc from 'fast-check';
import { BOUNDS_MS, LatencyHistogram } from './latency-histogram.js';

const of = (values: readonly number[]): LatencyHistogram => {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.observe(value);
  return histogram;
};

describe('LatencyHistogram', () => {
  it('puts a value into the first bucket whose bound it does not exceed', () => {
    const { counts, count, sumMs } = of([0, 0.25, 0.5, 1, 60_000, 60_001]);
    expect([counts[0], counts[1], counts[3], counts.at(-2), counts.at(-1)]).toEqual([2, 1, 1, 1, 1]);
    expect([count, sumMs]).toEqual([6, 120_002.75]);
  });

  it('is 0 at any quantile without observations', () => {
    expect(new LatencyHistogram().quantile(0.99)).toBe(0);
  });

  it('returns the last bound for values beyond it', () => {
    expect(of([1e9]).quantile(0.5)).toBe(BOUNDS_MS.at(-1));
  });

  it('finds quantiles in the bucket that contains them', () => {
    const values = fc.array(fc.double({ min: 0.01, max: 59_000, noNaN: true }), {
      minLength: 1,
      maxLength: 50,
    });
    fc.assert(
      fc.property(values, fc.constantFrom(0.5, 0.95, 0.99), (observed, q) => {
        const exact = [...observed].sort((a, b) => a - b)[Math.max(0, Math.ceil(q * observed.length) - 1)]!;
        const bucket = BOUNDS_MS.findIndex((bound) => exact <= bound);
        const quantile = of(observed).quantile(q);
        expect(quantile).toBeGreaterThanOrEqual(BOUNDS_MS[bucket - 1] ?? 0);
        expect(quantile).toBeLessThanOrEqual(BOUNDS_MS[bucket]!);
      }),
    );
  });
});
