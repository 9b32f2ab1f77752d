import { CircuitBreaker, type BreakerState } from './circuit-breaker.js';

const LIMITS = { failurePercent: 50, statuses: [502, 503, 504], minRequests: 20, openMs: 1_000 };

function harnessOf() {
  const states: BreakerState[] = [];
  const breaker = new CircuitBreaker(LIMITS, (state) => states.push(state));
  const recordResults = (failures: number, successes: number, now: number): void => {
    for (let i = 0; i < successes; i += 1) breaker.record({}, false, now);
    for (let i = 0; i < failures; i += 1) breaker.record({}, true, now);
  };
  return { breaker, states, recordResults };
}

describe('CircuitBreaker', () => {
  it('opens when half of at least twenty requests in ten seconds failed', () => {
    const { breaker, recordResults } = harnessOf();
    recordResults(19, 0, 0);
    expect(breaker.state).toBe('closed');
    recordResults(1, 0, 9_000);
    expect(breaker.state).toBe('open');
    expect([breaker.admits({}, 9_999), breaker.retryAfterSeconds(9_100)]).toEqual([false, 1]);
  });

  it('counts responses with the statuses of its policy as failures, and no others', () => {
    const opensAt = (status: number, statuses: readonly number[]): boolean => {
      const breaker = new CircuitBreaker({ ...LIMITS, statuses });
      for (let i = 0; i < 20; i += 1) breaker.record({}, breaker.isFailure(status), 0);
      return breaker.state === 'open';
    };
    expect([opensAt(503, LIMITS.statuses), opensAt(500, LIMITS.statuses)]).toEqual([true, false]);
    expect([opensAt(500, [500]), opensAt(429, [429]), opensAt(503, [500])]).toEqual([true, true, false]);
  });

  it('stays closed for a lower share, and drops older requests', () => {
    const { breaker, recordResults } = harnessOf();
    recordResults(40, 41, 0);
    recordResults(19, 0, 11_000);
    recordResults(0, 100, 11_000);
    recordResults(80, 0, 11_000);
    expect(breaker.state).toBe('closed');
  });

  it('admits one trial request at a time, and closes when it succeeds', () => {
    const { breaker, states, recordResults } = harnessOf();
    recordResults(20, 0, 0);
    const trial = {};
    expect([breaker.admits(trial, 1_000), breaker.admits({}, 1_000)]).toEqual([true, false]);
    breaker.record({}, true, 1_100);
    breaker.record(trial, false, 1_200);
    expect(states).toEqual(['open', 'half-open', 'closed']);
    expect(breaker.admits({}, 1_200)).toBe(true);
  });

  it('stays open for twice as long after each failed trial, up to thirty seconds', () => {
    const { breaker, recordResults } = harnessOf();
    recordResults(20, 0, 0);
    let now = 0;
    const waits = Array.from({ length: 7 }, () => {
      const trial = {};
      const since = now;
      while (!breaker.admits(trial, now)) now += 500;
      breaker.record(trial, true, now);
      return now - since;
    });
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('admits another trial when the current one ended without a result', () => {
    const { breaker, recordResults } = harnessOf();
    recordResults(20, 0, 0);
    const trial = {};
    breaker.admits(trial, 1_000);
    breaker.endTrial({});
    expect(breaker.admits({}, 1_000)).toBe(false);
    breaker.endTrial(trial);
    expect(breaker.admits({}, 1_000)).toBe(true);
  });
});
