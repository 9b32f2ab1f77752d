import type { ProviderState } from '../../../policy/provider-state.js';
import type { Identity } from '../../exchange/exchange-state.js';

/** What an authenticator says about a request. */
export type Verdict =
  /** The request has no credentials of this kind. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'accepted'; readonly identity: Identity }
  /** `reason` is a fixed word, for operators. */
  | { readonly kind: 'refused'; readonly reason: string }
  | Unavailable;

/** Credentials cannot be checked now. */
export interface Unavailable {
  readonly kind: 'unavailable';
  readonly reason: string;
  readonly retryAfterSeconds: number;
}

/** The reason of a provider that refuses a token because another provider may have issued it. */
export const OTHER_ISSUER = 'other issuer';

/** A request, as far as its credentials are concerned. */
export interface CredentialedRequest {
  /** A request header by its name in lower case; several fields of that name joined by ", ". */
  header(name: string): string | undefined;
}

/** Checks the credentials of one provider of the policy file. */
export interface Authenticator {
  /** Name of the provider. */
  readonly name: string;
  readonly scheme: 'Bearer' | 'ApiKey';
  /** The field, in lower case, that carries API keys; `undefined` for tokens. */
  readonly keyField: string | undefined;
  /** Why no credentials at all can be checked now; `undefined` if they can, or if it is not known yet. */
  readonly outage: Unavailable | undefined;
  authenticate(request: CredentialedRequest): Verdict | Promise<Verdict>;
  /** The verdict with the keys at hand. Nothing is loaded, counted or remembered. */
  preview(request: CredentialedRequest): Verdict | Promise<Verdict>;
  /** Called once for each accepted request; not for a preview. @param identity as returned by {@link authenticate} */
  recordUse?(identity: Identity): void;
  state(): ProviderState;
  close(): void;
}
