import type { Problem } from '#contracts';
import { unauthenticated } from '../../exchange/problems.js';
import type { Authenticator } from './authenticator.js';

/**
 * The value of `WWW-Authenticate`: what each scheme of a route needs (RFC 9110, section 11.6.1). For a refused token it
 * has the error code alone, never the check that failed (RFC 6750, section 3.1).
 * @param realm a text without quotes
 */
export function challengesOf(
  authenticators: readonly Authenticator[],
  realm: string,
  isTokenRefused: boolean,
): string {
  const error = isTokenRefused ? ', error="invalid_token"' : '';
  const challenges = authenticators.map(({ scheme, keyField }) =>
    scheme === 'Bearer'
      ? `Bearer realm="${realm}"${error}`
      : `ApiKey realm="${realm}", header="${keyField ?? ''}"`,
  );
  return [...new Set(challenges)].join(', ');
}

/** The response to a request without the credentials that a route requires. */
export const withoutCredentials = (challenges: string): Problem =>
  unauthenticated('this route requires credentials', { headers: { 'www-authenticate': challenges } });
