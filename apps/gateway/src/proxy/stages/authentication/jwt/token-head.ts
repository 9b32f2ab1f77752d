/** What a token says of itself, before its signature is verified. */
export interface TokenHead {
  readonly alg: string;
  readonly kid: string | undefined;
  readonly issuer: unknown;
}

/** Why the head of a token is refused; a fixed word. */
export type HeadFault = 'malformed' | 'embedded key' | 'critical extension' | 'token type';

/** Keys and references to keys in the token itself: its issuer is configured, and so are the keys (RFC 8725, 3.10). */
const EMBEDDED = ['jwk', 'jku', 'x5u', 'x5c'];

/**
 * Types of access tokens (RFC 7519 section 5.1, RFC 9068 section 2.1). Tokens of other types are made for other uses,
 * such as logout or proof of possession (RFC 8725, section 3.11).
 */
const TYPES: ReadonlySet<string> = new Set(['jwt', 'at+jwt', 'application/jwt', 'application/at+jwt']);

/** Reads the head of a token in compact form (RFC 7515, section 3.1). */
export function readTokenHead(token: string): TokenHead | HeadFault {
  const [header, payload, signature, ...rest] = token.split('.');
  if (signature === undefined || rest.length > 0) return 'malformed';
  const head = objectOf(header);
  const claims = objectOf(payload);
  if (!head || !claims) return 'malformed';
  const { alg, kid, typ } = head;
  if (typeof alg !== 'string' || !(kid === undefined || typeof kid === 'string')) return 'malformed';
  if (EMBEDDED.some((name) => name in head)) return 'embedded key';
  // No extension is understood, so none may be critical (RFC 7515, section 4.1.11).
  if ('crit' in head) return 'critical extension';
  if (typ !== undefined && !(typeof typ === 'string' && TYPES.has(typ.toLowerCase()))) return 'token type';
  return { alg, kid, issuer: claims.iss };
}

function objectOf(part = ''): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
