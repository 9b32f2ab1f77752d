import { Spending } from './spending.js';

const UNIT = 1000;

/** What others are assumed to admit beside each of `count` requests. */
const assumeBeside = (count: number, spending: Spending, others = 3): readonly number[] =>
  Array.from({ length: count }, () => spending.assume(UNIT, UNIT, others) / UNIT);

describe('The spending of a key', () => {
  it('is assumed to go on as it was divided lately, in whole requests', () => {
    const spending = new Spending(0);
    expect(assumeBeside(3, spending)).toEqual([0, 0, 0]);
    spending.addElsewhere(2 * UNIT, 0);
    spending.addHere(4 * UNIT, 0);
    expect(assumeBeside(4, spending)).toEqual([0, 1, 0, 1]);
    expect(spending.assumeAgain(5 * UNIT, UNIT, 3)).toBe(2 * UNIT);
    expect(assumeBeside(1, spending)).toEqual([1]);
  });

  it('is assumed to be no more at another gateway than here', () => {
    const spending = new Spending(0);
    spending.addElsewhere(100 * UNIT, 0);
    expect(assumeBeside(2, spending, 3)).toEqual([3, 3]);
    spending.addHere(UNIT, 0);
    expect(assumeBeside(2, spending, 1)).toEqual([1, 1]);
  });

  it('forgets', () => {
    const spending = new Spending(0);
    spending.addElsewhere(8 * UNIT, 0);
    spending.addHere(8 * UNIT, 3000);
    expect(spending.assume(8 * UNIT, UNIT, 3)).toBe(UNIT);
  });
});
