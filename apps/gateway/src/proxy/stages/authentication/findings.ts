import { OTHER_ISSUER, type Authenticator, type Verdict } from './authenticator.js';

/** Why a provider does not accept the credentials of a request. */
export interface Finding {
  readonly provider: Authenticator;
  readonly verdict: Extract<Verdict, { readonly kind: 'refused' | 'unavailable' }>;
}

/**
 * The finding that decides, of two: a provider that cannot decide might accept the credentials, so its finding comes
 * first; a token of another issuer says little about the token.
 */
export function decisive(first: Finding | undefined, second: Finding): Finding {
  if (!first) return second;
  if (first.verdict.kind !== second.verdict.kind)
    return first.verdict.kind === 'unavailable' ? first : second;
  return first.verdict.reason === OTHER_ISSUER ? second : first;
}

/** For operators. */
export const describeFinding = (finding: Finding | undefined): string =>
  finding ? `${finding.provider.name}: ${finding.verdict.reason}` : NO_CREDENTIALS;

export const NO_CREDENTIALS = 'no credentials';
