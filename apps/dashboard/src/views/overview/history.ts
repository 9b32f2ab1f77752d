import type { DashboardState, HistoryPeriod, TrafficHistory } from '#contracts';

/** Columns of a history that the stream continues. */
type HistoryColumn = Exclude<keyof TrafficHistory, 'at' | 'stepSeconds'>;

/** Points that a plot shows; older ones are dropped, so that an open tab does not grow. */
export const POINTS: Readonly<Record<HistoryPeriod, number>> = { '15m': 900, '24h': 1440 };

const secondOf = (at: string): number => Math.floor(Date.parse(at) / 1000);

function point({ traffic, gateway }: DashboardState): Readonly<Record<HistoryColumn, number>> {
  const { requestsPerSecond, errorRate, p50Ms, p95Ms, p99Ms, inFlight } = traffic;
  const { loopLagMs, memoryBytes } = gateway;
  return { requestsPerSecond, errorRate, p50Ms, p95Ms, p99Ms, inFlight, loopLagMs, memoryBytes };
}

/**
 * A history of one-second points with the present state added, if it is newer. What the stream missed shows as a gap.
 */
export function withPresent(history: TrafficHistory, state: DashboardState): TrafficHistory {
  const now = secondOf(state.at);
  const last = history.at.at(-1) ?? now - 1;
  if (now <= last) return history;
  const missed = Math.min(now - last - 1, POINTS['15m']);
  const values = point(state);
  const extend = <T>(column: readonly T[], gap: readonly T[], value: T): readonly T[] =>
    [...column, ...gap, value].slice(-POINTS['15m']);
  const gapTimes = Array.from({ length: missed }, (_, index) => now - missed + index);
  const gap = gapTimes.map(() => null);
  const names = Object.keys(values) as readonly HistoryColumn[];
  const columns = names.map((name) => [name, extend(history[name], gap, values[name])] as const);
  return {
    stepSeconds: history.stepSeconds,
    at: extend(history.at, gapTimes, now),
    ...(Object.fromEntries(columns) as Record<HistoryColumn, readonly (number | null)[]>),
  };
}
