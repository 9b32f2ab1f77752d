import { SlidingCounts } from './sliding-counts.js';

describe('SlidingCounts', () => {
  const sums = (counts: SlidingCounts): number[] => [...counts.sums];

  it('sums the growth of the last samples', () => {
    const counts = new SlidingCounts(2, 3);
    for (const totals of [
      [1, 10],
      [3, 10],
      [6, 20],
      [10, 20],
    ] as const)
      counts.sample(totals);
    expect(sums(counts)).toEqual([9, 10]);
    expect([...counts.latest]).toEqual([4, 0]);
  });

  it('forgets growth when nothing grows any more', () => {
    const counts = new SlidingCounts(1, 3);
    counts.sample([5]);
    for (const expected of [5, 5, 0, 0]) {
      counts.sample(undefined);
      expect(sums(counts)).toEqual([expected]);
    }
    expect([...counts.latest]).toEqual([0]);
    counts.sample([7]);
    expect(sums(counts)).toEqual([2]);
  });

  it('takes a lower total for a new beginning', () => {
    const counts = new SlidingCounts(1, 5);
    counts.sample([100]);
    counts.sample([3]);
    expect(sums(counts)).toEqual([103]);
  });

  it('equals the difference of totals over any sequence', () => {
    const counts = new SlidingCounts(1, 4);
    const totals = [0];
    for (let i = 0; i < 200; i += 1) {
      const last = totals.at(-1) ?? 0;
      const next = i % 7 < 3 ? last : last + ((i * 31) % 11);
      totals.push(next);
      counts.sample(next === last ? undefined : [next]);
      expect(counts.sums[0]).toBe(next - (totals.at(-5) ?? 0));
    }
  });
});
