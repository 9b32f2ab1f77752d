import { GradientLimit } from './gradient-limit.js';

/** A limit for a simulated service, and a clock. */
function harnessOf(most = 1_000) {
  const limit = new GradientLimit(most);
  let now = 0;
  /** Simulates `seconds` of responses, each after `ms(limit)`, with `busy(limit)` requests in flight. */
  const run = (
    seconds: number,
    ms: (limit: number) => number,
    busy = (current: number) => current,
  ): number => {
    for (let i = 0; i < seconds * 100; i += 1)
      limit.observe(ms(limit.current), busy(limit.current), (now += 10));
    return limit.current;
  };
  return { limit, run };
}

describe('GradientLimit', () => {
  it('starts at twenty, or at a lower fixed limit', () => {
    expect([harnessOf().limit.current, harnessOf(7).limit.current]).toEqual([20, 7]);
  });

  it('rises while responses do not slow down, up to the fixed limit', () => {
    const { run } = harnessOf(100);
    expect(run(5, () => 10)).toBeGreaterThan(30);
    expect(run(60, () => 10)).toBe(100);
  });

  it('stays the same when it is not used', () => {
    const { run } = harnessOf();
    expect(
      run(
        60,
        () => 10,
        () => 3,
      ),
    ).toBe(20);
  });

  it('falls when responses slow down, never below four, and rises again afterwards', () => {
    const { run } = harnessOf();
    const before = run(20, () => 10);
    const during = run(10, () => 100);
    expect(during).toBeLessThan(before / 2);
    expect(during).toBeGreaterThanOrEqual(4);
    expect(run(60, () => 10)).toBeGreaterThan(before);
  });

  it('settles near the capacity of a service: beyond thirty, requests queue', () => {
    const { run } = harnessOf();
    run(60, (current) => Math.max(1, current / 30) * 10);
    const settled = run(1, (current) => Math.max(1, current / 30) * 10);
    expect(settled).toBeGreaterThan(30);
    expect(settled).toBeLessThan(90);
  });
});
