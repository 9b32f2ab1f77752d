import { networkOf } from '../../../config/client-network.js';
import type { CohortKey } from '../../../policy/members/traffic.js';
import { cookieValue } from '../../balancing/cookie-value.js';
import type { PreviewRequest } from '../../exchange/stage.js';

/** A request, as far as its cohort depends on it. */
export type CohortMember = Pick<PreviewRequest, 'identity' | 'clientAddress' | 'header'>;

/** 128 random bits in base64url. */
const COOKIE = /^[A-Za-z0-9_-]{22}$/;

/**
 * What the requests of a cohort have in common; `undefined` for a client without a valid cookie, if the cookie decides,
 * and for an address that is not stated. Without the header field or identity that the key is taken from, the address of
 * the client decides.
 * @param cookie name of the cookie
 */
export function cohortOf(request: CohortMember, key: CohortKey, cookie: string): string | undefined {
  if (key.from === 'cookie') {
    const value = cookieValue(request.header('cookie'), cookie);
    return value !== undefined && COOKIE.test(value) ? value : undefined;
  }
  const { clientAddress } = request;
  return valueOf(request, key) ?? (clientAddress === undefined ? undefined : networkOf(clientAddress));
}

/** What decides the cohort of a request, for operators. */
export function cohortSourceOf(request: CohortMember, key: CohortKey, cookie: string): string {
  if (key.from === 'cookie') return `cookie ${cookie}`;
  if (valueOf(request, key) === undefined) return 'client address';
  return key.from === 'header' ? `header ${key.name}` : 'consumer';
}

function valueOf(request: CohortMember, key: CohortKey): string | undefined {
  if (key.from === 'header') return request.header(key.name);
  if (key.from !== 'consumer') return undefined;
  // Tokens without a subject have no consumer: they are not one cohort.
  return request.identity?.consumer === '' ? undefined : request.identity?.consumer;
}
