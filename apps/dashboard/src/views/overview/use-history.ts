import { useEffect, useState } from 'preact/hooks';
import type { DashboardState, HistoryPeriod, TrafficHistory } from '#contracts';
import { send } from '../../state/gateway-request';
import type { Connection } from '../../state/live-state';
import { withPresent } from './history';

const MINUTE_MS = 60_000;

interface HistoryResult {
  readonly history: TrafficHistory | undefined;
  readonly isMissing: boolean;
}

const NONE: HistoryResult = { history: undefined, isMissing: false };

/**
 * The course of the traffic. That of 15 minutes is loaded once per connection and continued by the stream; that of
 * 24 hours is loaded every minute.
 */
export function useHistory(
  state: DashboardState,
  connection: Connection,
  period: HistoryPeriod,
): HistoryResult {
  const [result, setResult] = useState(NONE);
  const isLive = connection === 'live';
  useEffect(() => {
    setResult(NONE);
    const abort = new AbortController();
    const load = async (): Promise<void> => {
      const url = `/dashboard/history?period=${period}`;
      const { value } = await send<TrafficHistory>('GET', url, undefined, abort.signal);
      if (!abort.signal.aborted) setResult({ history: value, isMissing: value === undefined });
    };
    void load();
    const timer = period === '24h' ? setInterval(() => void load(), MINUTE_MS) : undefined;
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [period, isLive]);
  useEffect(() => {
    if (period !== '15m') return;
    setResult((before) =>
      before.history ? { ...before, history: withPresent(before.history, state) } : before,
    );
  }, [state.at, period]);
  return result;
}
