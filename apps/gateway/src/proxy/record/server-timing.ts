import { performance } from 'node:perf_hooks';
import type { Exchange } from '../exchange.js';

/** A request that carries this field with the value `1` gets `Server-Timing` in its answer. */
export const TIMING_REQUEST_HEADER = 'x-debug-timing';

const ms = (value: number): string => value.toFixed(2);

/**
 * `Server-Timing` for an exchange whose answer begins now: `gateway`, the time before the last attempt, and `upstream`,
 * from there to the head of the answer. `undefined` unless the client asked: it tells strangers about the inside.
 */
export function serverTiming(exchange: Exchange): string | undefined {
  if (exchange.header(TIMING_REQUEST_HEADER) !== '1') return undefined;
  const { startedAt, attemptStartedAt, attempts, hedge, route } = exchange;
  const upstream = performance.now() - attemptStartedAt;
  const limit = route?.adaptive ? `, limit;desc="${route.adaptive.current}"` : '';
  const second = hedge?.outcome === undefined ? '' : `, hedge;desc="${hedge.outcome}"`;
  return `gateway;dur=${ms(attemptStartedAt - startedAt)}, upstream;dur=${ms(upstream)}, attempts;desc="${attempts}"${second}${limit}`;
}
