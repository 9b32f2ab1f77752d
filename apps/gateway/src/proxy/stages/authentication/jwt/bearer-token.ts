import { NAMES_BEARER } from '../../../../policy/decisions/recorded-names.js';
import type { Verdict } from '../authenticator.js';

/** Longer tokens are refused: none of real use is as long, and the head of a request is limited anyway. */
const MAX_TOKEN_LENGTH = 8 * 1024;
const MAX_VALUE_LENGTH = MAX_TOKEN_LENGTH + 16;

/** RFC 6750, section 2.1; the name of the scheme is case-insensitive (RFC 9110, section 11.1). */
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

const ABSENT: Verdict = { kind: 'absent' };
const MALFORMED: Verdict = { kind: 'refused', reason: 'malformed' };
const TOO_LONG: Verdict = { kind: 'refused', reason: 'too long' };

/**
 * The token of an `Authorization` field, or the verdict without one. Credentials of another scheme are absent; several
 * fields are malformed.
 */
export function bearerToken(value: string | undefined): string | Verdict {
  if (value === undefined) return ABSENT;
  const isLong = value.length > MAX_VALUE_LENGTH;
  const token = isLong ? undefined : BEARER.exec(value)?.[1];
  if (token !== undefined) return token.length > MAX_TOKEN_LENGTH ? TOO_LONG : token;
  if (!NAMES_BEARER.test(value)) return ABSENT;
  return isLong ? TOO_LONG : MALFORMED;
}
