/** The state of an authentication provider, for operators: it has no credential. Times are in ISO 8601. */
export interface ProviderState {
  readonly name: string;
  readonly kind: 'jwt' | 'apiKey';
  /** URL or path of its keys. */
  readonly source: string;
  /** Whether credentials can be checked; if not, requests that have some get 503. */
  readonly isAvailable: boolean;
  /** When keys were last loaded; `null`: never. */
  readonly loadedAt: string | null;
  /** Why the latest load failed; `null` if it did not. */
  readonly lastError: { readonly at: string; readonly problems: readonly string[] } | null;
  /** Why keys are not used, one sentence each. */
  readonly warnings?: readonly string[];
  /** The keys: what tells them apart, not the keys themselves. */
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/** The injection token of a function that returns the states of all providers. */
export const PROVIDER_STATES = Symbol('states of authentication providers');
