import type { Problem } from '#contracts';
import {
  concurrencyLimit,
  noHealthyInstance,
  overloaded,
  upstreamProtocolError,
  upstreamTimeout,
  upstreamUnreachable,
} from '../exchange/problems.js';
import type { Failure } from '../exchange/failure.js';

const RETRY_SOON = { 'retry-after': '2' };

/** The response when no instance can take the request. */
export const noneHealthy = (detail = 'no instance of the service is available'): Problem =>
  noHealthyInstance(detail, { headers: RETRY_SOON });

/** The problem sent when every candidate instance is at its concurrency limit. */
export const allFull = (): Problem =>
  concurrencyLimit('every instance of the service has reached its concurrency limit', {
    headers: RETRY_SOON,
  });

/** The problem sent when the last attempt failed. */
export function problemOf({ kind, detail, cause }: Failure): Problem {
  switch (kind) {
    case 'refused':
    case 'reset':
    case 'gateway-error':
      return upstreamUnreachable(detail, { cause });
    case 'exhausted':
      return overloaded(detail, { cause, headers: { 'retry-after': '1' } });
    case 'connect-timeout':
    case 'queue-timeout':
    case 'timeout':
      return upstreamTimeout(detail, { cause });
    case 'protocol-error':
      return upstreamProtocolError(detail, { cause });
  }
}
