import type { ProviderState } from '../../../../policy/provider-state.js';
import type { KeySet } from './key-set.js';

/** What a source of keys depends on. */
export interface KeySurroundings {
  /** Name of the provider, for the log. */
  readonly provider: string;
  readonly logger: Readonly<Record<'error' | 'info' | 'warn', (fields: object, message: string) => void>>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Where the keys of an issuer come from. */
export interface KeySource {
  /** URL or path. */
  readonly location: string;
  /** The keys to use now; `undefined`: none can be used. Another object after each change. */
  readonly keys: KeySet | undefined;
  /** The first load, while it is under way. */
  readonly loading: Promise<void> | undefined;
  /** The keys may be out of date, because they could not be loaded again. */
  readonly isFailing: boolean;
  /** When to ask again while there are no keys. */
  readonly retryAfterSeconds: number;
  /** When the keys were last loaded, in milliseconds since the epoch. */
  readonly loadedAt: number | undefined;
  readonly failures: number;
  readonly lastError: ProviderState['lastError'];
  /** Whether {@link renew} would load the keys again now. */
  readonly mayRenew: boolean;
  /** Loads the keys again, because a token names a key that is unknown; `undefined`: not now. */
  renew(): Promise<void> | undefined;
  /** Takes the refresh time of another policy file. */
  refreshEvery(ms: number): void;
  close(): void;
}
