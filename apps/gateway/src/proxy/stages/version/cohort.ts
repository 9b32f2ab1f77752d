import { networkOf } from '../../../config/client-network.js';
import type { CohortKey } from '../../../policy/members/traffic.js';
import { cookieValue } from '../../balancing/cookie-value.js';
import type { PreviewRequest } from '../../exchange/stage.js';

/** A request, as far as its cohort depends on it. */
export type CohortMember = Pick<PreviewRequest, 'identity' | 'clientAddress' | 'header'>;

/** What the requests of a cohort have in common, and what it was taken from. */
export interface Cohort {
  readonly key: string;
  readonly source: string;
}

/** 128 random bits in base64url. */
const COOKIE = /^[A-Za-z0-9_-]{22}$/;

/**
 * The cohort of a request; `undefined` for a client without a valid cookie, if the cookie decides. Without the header
 * field or identity that the key is taken from, the address of the client decides.
 * @param cookie name of the cookie
 */
export function cohortOf(request: CohortMember, key: CohortKey, cookie: string): Cohort | undefined {
  if (key.from === 'cookie') {
    const value = cookieValue(request.header('cookie'), cookie);
    return value !== undefined && COOKIE.test(value) ? { key: value, source: `cookie ${cookie}` } : undefined;
  }
  const value = valueOf(request, key);
  if (value !== undefined)
    return { key: value, source: key.from === 'header' ? `header ${key.name}` : 'consumer' };
  return { key: networkOf(request.clientAddress ?? ''), source: 'client address' };
}

function valueOf(request: CohortMember, key: CohortKey): string | undefined {
  if (key.from === 'header') return request.header(key.name);
  if (key.from !== 'consumer') return undefined;
  // Tokens without a subject have no consumer: they are not one cohort.
  return request.identity?.consumer === '' ? undefined : request.identity?.consumer;
}
