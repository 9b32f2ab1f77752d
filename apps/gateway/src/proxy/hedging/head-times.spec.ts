import { HeadTimes } from './head-times.js';

const noted = (times: HeadTimes, ...all: readonly number[]): HeadTimes => {
  for (const ms of all) times.note(ms);
  return times;
};

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

describe('HeadTimes', () => {
  it('says nothing before enough answers are known', () => {
    expect(noted(new HeadTimes(95), ...upTo(63)).quantileMs).toBeUndefined();
  });

  it('finds the time within which its share of answers began, in whatever order they came', () => {
    expect(noted(new HeadTimes(50), ...upTo(64)).quantileMs).toBe(32);
    expect(noted(new HeadTimes(50), ...upTo(64).reverse()).quantileMs).toBe(32);
  });

  it('forgets what is older than the last five hundred or so', () => {
    const times = noted(new HeadTimes(95), ...upTo(512).fill(900));
    expect(noted(times, ...upTo(512).fill(3)).quantileMs).toBe(3);
  });

  it('stays where it is when what lies beyond it is cut short, as hedges do', () => {
    const quantileOf = (slowMs: number) =>
      noted(new HeadTimes(95), ...upTo(512).map((i) => (i % 25 === 0 ? slowMs : 5))).quantileMs;
    expect([quantileOf(800), quantileOf(12)]).toEqual([5, 5]);
  });
});
