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
/** A browser connects again by itself when a stream breaks, but not after a response other than 200. */
const RETRY_MS = 3000;

const read = ({ data }: MessageEvent): unknown => JSON.parse(String(data));

/**
 * Calls `onChange` with how each event changes the state.
 * @returns ends it
 */
function followStream(onChange: (change: (before: LiveState) => LiveState) => void): () => void {
  const source = new EventSource(STREAM);
  let retry: { readonly cancel: () => void } | undefined;
  source.addEventListener('state', (event) => {
    const state = read(event) as DashboardState;
    onChange(() => ({ state, connection: 'live' }));
  });
  source.addEventListener('patch', (event) => {
    const patch = read(event);
    onChange(({ state }) => ({ state: mergePatch(state, patch), connection: 'live' }));
  });
  source.addEventListener('error', () => {
    onChange(({ state }) => ({ state, connection: 'lost' }));
    if (source.readyState === EventSource.CLOSED) retry = followLater(onChange);
  });
  return () => {
    source.close();
    retry?.cancel();
  };
}

function followLater(onChange: Parameters<typeof followStream>[0]): { readonly cancel: () => void } {
  let stop = (): void => clearTimeout(timer);
  const timer = setTimeout(() => (stop = followStream(onChange)), RETRY_MS);
  return { cancel: () => stop() };
}

/** Follows the gateway's state for as long as the component is shown. */
export function useLiveState(): LiveState {
  const [live, setLive] = useState<LiveState>({ state: undefined, connection: 'connecting' });
  useEffect(() => followStream(setLive), []);
  return live;
}
