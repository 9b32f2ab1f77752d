import type { DashboardState, TrafficHistory } from '#contracts';
import { POINTS, withPresent } from './history';

const column = (length: number): number[] => Array.from({ length }, () => 1);

function historyOf(at: readonly number[]): TrafficHistory {
  const values = column(at.length);
  return {
    stepSeconds: 1,
    at,
    requestsPerSecond: values,
    errorRate: values,
    p50Ms: values,
    p95Ms: values,
    p99Ms: values,
    inFlight: values,
    loopLagMs: values,
    memoryBytes: values,
  };
}

const stateAt = (second: number): DashboardState =>
  ({
    at: new Date(second * 1000).toISOString(),
    traffic: { requestsPerSecond: 7, errorRate: 0, p50Ms: 2, p95Ms: 3, p99Ms: 4, inFlight: 5 },
    gateway: { loopLagMs: 1, memoryBytes: 2 },
  }) as DashboardState;

describe('the history that the stream continues', () => {
  it('gets the present state as its last point', () => {
    const history = withPresent(historyOf([100, 101]), stateAt(102));
    expect(history.at).toEqual([100, 101, 102]);
    expect(history.requestsPerSecond).toEqual([1, 1, 7]);
    expect(history.memoryBytes).toEqual([1, 1, 2]);
  });

  it('stays the same while the second does', () => {
    const history = historyOf([100, 101]);
    expect(withPresent(history, stateAt(101))).toBe(history);
  });

  it('has a gap where the stream missed seconds', () => {
    const history = withPresent(historyOf([100]), stateAt(103));
    expect(history.at).toEqual([100, 101, 102, 103]);
    expect(history.p95Ms).toEqual([1, null, null, 3]);
  });

  it('does not grow beyond the points of its period, also after hours without the stream', () => {
    const full = historyOf(Array.from({ length: POINTS['15m'] }, (_, index) => index));
    const next = withPresent(full, stateAt(POINTS['15m']));
    expect(next.at).toHaveLength(POINTS['15m']);
    expect(next.at[0]).toBe(1);
    expect(withPresent(full, stateAt(100_000)).at).toHaveLength(POINTS['15m']);
  });
});
