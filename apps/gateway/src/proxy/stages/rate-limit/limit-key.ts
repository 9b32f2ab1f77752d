import { createHash } from 'node:crypto';
import { networkOf } from '../../../config/client-network.js';
import type { RateLimit, RateLimitKey } from '../../../policy/members/rate-limits.js';
import type { Identity } from '../../exchange/exchange-state.js';

/** A request, as far as keys of limits depend on it. */
export interface KeyedRequest {
  readonly clientAddress: string | undefined;
  readonly identity: Identity | undefined;
  header(name: string): string | undefined;
}

/** A longer value is replaced by its hash, so that the memory of a bucket is bounded. */
const LONGEST_VALUE = 64;
const FIRST_VISIBLE = 0x20;

/**
 * The key of a request. Without the header field, claim or identity that the key is made of, the request is limited by
 * the address of its client: a client cannot escape a limit by leaving something out.
 */
export function keyOf(request: KeyedRequest, { key, shared }: Pick<RateLimit, 'key' | 'shared'>): string {
  if (key.from === 'service') return '';
  if (key.from === 'client') return networkOf(request.clientAddress ?? '');
  const value = valueOf(request, key);
  // No value begins with a control character: such values are hashed.
  if (value === undefined) return `\nclient ${networkOf(request.clientAddress ?? '')}`;
  // The field may hold a credential, which must not be stored outside the gateway.
  const isSecret = shared && key.from === 'header';
  return isSecret || value.length > LONGEST_VALUE || value.charCodeAt(0) < FIRST_VISIBLE
    ? hashOf(value)
    : value;
}

function valueOf(request: KeyedRequest, key: RateLimitKey): string | undefined {
  if (key.from === 'header') return request.header(key.name);
  // Tokens without a subject have no consumer: they must not share one bucket.
  if (key.from !== 'claim') return request.identity?.consumer === '' ? undefined : request.identity?.consumer;
  const claim = request.identity?.claims[key.name];
  return typeof claim === 'string' || claim === undefined ? claim : JSON.stringify(claim);
}

const hashOf = (value: string): string =>
  `\nsha256 ${createHash('sha256').update(value).digest('base64url')}`;
