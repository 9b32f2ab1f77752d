import { HeadTimes } from './head-times.js';

const recorded = (times: HeadTimes, ...all: readonly number[]): HeadTimes => {
  for (const ms of all) times.record(ms);
  return times;
};

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

describe('HeadTimes', () => {
  it('has no quantile before enough responses are recorded', () => {
    expect(recorded(new HeadTimes(95), ...upTo(63)).quantileMs).toBeUndefined();
  });

  it('finds the time within which the given share of responses began, in any order of arrival', () => {
    expect(recorded(new HeadTimes(50), ...upTo(64)).quantileMs).toBe(32);
    expect(recorded(new HeadTimes(50), ...upTo(64).reverse()).quantileMs).toBe(32);
  });

  it('drops all but the last five hundred or so', () => {
    const times = recorded(new HeadTimes(95), ...upTo(512).fill(900));
    expect(recorded(times, ...upTo(512).fill(3)).quantileMs).toBe(3);
  });

  it('is not affected when hedged attempts shorten the times beyond the quantile', () => {
    const quantileOf = (slowMs: number) =>
      recorded(new HeadTimes(95), ...upTo(512).map((i) => (i % 25 === 0 ? slowMs : 5))).quantileMs;
    expect([quantileOf(800), quantileOf(12)]).toEqual([5, 5]);
  });
});
