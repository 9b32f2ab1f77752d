import { useEffect, useState } from 'preact/hooks';
import type { DashboardState } from '#contracts';
import { mergePatch } from './merge-patch';

/** `lost`: the stream broke, and the browser connects again. */
export type Connection = 'connecting' | 'live' | 'lost';

export interface LiveState {
  /** `undefined` until the first event. */
  readonly state: DashboardState | undefined;
  readonly connection: Connection;
}

const STREAM = '/dashboard/stream';

/** Follows the gateway's state for as long as the component is shown. */
export function useLiveState(): LiveState {
  const [live, setLive] = useState<LiveState>({ state: undefined, connection: 'connecting' });
  useEffect(() => {
    const source = new EventSource(STREAM);
    const read = ({ data }: MessageEvent): unknown => JSON.parse(String(data));
    source.addEventListener('state', (event) =>
      setLive({ state: read(event) as DashboardState, connection: 'live' }),
    );
    source.addEventListener('patch', (event) =>
      setLive(({ state }) => ({ state: mergePatch(state, read(event)), connection: 'live' })),
    );
    source.addEventListener('error', () => setLive(({ state }) => ({ state, connection: 'lost' })));
    return () => source.close();
  }, []);
  return live;
}
