import { timeLeft, type StoredTimes } from './freshness.js';

/** The name of this cache in `Cache-Status` (RFC 9211). */
const CACHE_NAME = 'msa-gateway';

/**
 * Why a request was forwarded (RFC 9211, section 2.2): `bypass`: the cache does not handle it; `request`: its directives
 * require it; `stale`: the stored response is.
 */
export type ForwardReason = 'bypass' | 'method' | 'uri-miss' | 'vary-miss' | 'request' | 'stale';

/** `Cache-Status` of a response that was stored before. */
export const hitStatus = (stored: StoredTimes, now: number): string =>
  `${CACHE_NAME}; hit; ttl=${Math.floor(timeLeft(stored, now) / 1000)}`;

/** What happened to a forwarded request. */
export interface Forwarded {
  readonly reason: ForwardReason;
  /** Status of the response of the instance; `undefined`: there was none. */
  readonly status?: number | undefined;
  readonly isStored?: boolean;
  /** The request waited for another one. */
  readonly isCollapsed?: boolean;
  readonly detail?: string;
}

/** `Cache-Status` of a response to a request that was forwarded. */
export function forwardedStatus({ reason, status, isStored, isCollapsed, detail }: Forwarded): string {
  return (
    `${CACHE_NAME}; fwd=${reason}` +
    (status === undefined ? '' : `; fwd-status=${status}`) +
    (isStored ? '; stored' : '') +
    (isCollapsed ? '; collapsed' : '') +
    (detail === undefined ? '' : `; detail=${detail}`)
  );
}
