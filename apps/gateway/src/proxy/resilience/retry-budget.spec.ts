import { RetryBudget } from './retry-budget.js';

/** Number of retries that a budget allows in a second with `perSecond` requests, each of which requests one. */
function repeatsIn(budget: RetryBudget, second: number, perSecond: number): number {
  let allowed = 0;
  for (let i = 0; i < perSecond; i += 1) {
    const now = second * 1_000 + (i * 1_000) / perSecond;
    budget.recordRequest(now);
    if (budget.spend(now)) allowed += 1;
  }
  return allowed;
}

describe('RetryBudget', () => {
  it('allows a fifth of the requests, second by second', () => {
    const budget = new RetryBudget(20);
    const repeats = Array.from({ length: 30 }, (_, second) => repeatsIn(budget, second, 500));
    const total = repeats.reduce((sum, each) => sum + each, 0);
    expect(total).toBeGreaterThan(2_900);
    expect(total).toBeLessThanOrEqual(3_000);
  });

  it('allows some retries for a service with little traffic', () => {
    const budget = new RetryBudget(20);
    expect(Array.from({ length: 60 }, (_, second) => repeatsIn(budget, second, 2))).toEqual(
      Array<number>(60).fill(2),
    );
  });

  it('is full again ten seconds after it was exhausted', () => {
    const budget = new RetryBudget(20);
    expect(repeatsIn(budget, 0, 100)).toBe(30);
    expect(repeatsIn(budget, 5, 100)).toBeLessThanOrEqual(10);
    expect(repeatsIn(budget, 3_600, 100)).toBe(30);
  });

  it('allows none at 0 per cent', () => {
    expect(repeatsIn(new RetryBudget(0), 0, 100)).toBe(0);
  });
});
