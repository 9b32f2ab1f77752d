import { performance } from 'node:perf_hooks';
import type { Exchange } from '../../exchange/exchange.js';

/** A request with this field and the value `1` gets `Server-Timing` in its response. */
export const TIMING_REQUEST_HEADER = 'x-debug-timing';

const ms = (value: number): string => value.toFixed(2);

/**
 * `Server-Timing` for an exchange whose response begins now: `gateway`, the time before the last attempt, and
 * `upstream`, the time from there to the response head. `undefined` unless the client requested it, since it exposes
 * internals.
 */
export function serverTiming(exchange: Exchange): string | undefined {
  if (exchange.header(TIMING_REQUEST_HEADER) !== '1') return undefined;
  const { startedAt, attemptStartedAt, attempts, hedge, route } = exchange;
  const upstream = performance.now() - attemptStartedAt;
  const limit = route?.adaptive ? `, limit;desc="${route.adaptive.current}"` : '';
  const second = hedge?.outcome === undefined ? '' : `, hedge;desc="${hedge.outcome}"`;
  return `gateway;dur=${ms(attemptStartedAt - startedAt)}, upstream;dur=${ms(upstream)}, attempts;desc="${attempts}"${second}${limit}`;
}
