import type { ApiKey } from '../../../../policy/api-keys-file.js';
import type { Identity } from '../../../exchange/exchange-state.js';

const ID_LENGTH = 8;

/** The identity of all requests with one key. */
export interface KeyIdentity extends Identity {
  readonly key: ApiKey;
  /** Tells keys apart for operators: the first digits of the SHA-256. */
  readonly id: string;
  /** When a request was last accepted with the key, in milliseconds since the epoch. */
  lastUsedAt: number | undefined;
}

/** What a request with a known key gets. */
interface AcceptedKey {
  readonly kind: 'accepted';
  readonly identity: KeyIdentity;
}

/** Keys by their SHA-256. */
export type ApiKeyTable = ReadonlyMap<string, AcceptedKey>;

/**
 * Builds the table of the keys of a provider.
 * @param consumerField field in which the service receives the consumer
 * @param previous the table before, whose times of last use stay
 */
export function apiKeyTable(
  keys: readonly ApiKey[],
  { provider, consumerField }: { readonly provider: string; readonly consumerField: string | undefined },
  previous?: ApiKeyTable,
): ApiKeyTable {
  return new Map(
    keys.map((key) => {
      const { sha256, consumer, scopes = [] } = key;
      const fields = new Map(consumerField === undefined ? [] : [[consumerField, consumer]]);
      const lastUsedAt = previous?.get(sha256)?.identity.lastUsedAt;
      const id = sha256.slice(0, ID_LENGTH);
      const identity = { consumer, provider, scopes, claims: {}, fields, key, id, lastUsedAt };
      return [sha256, { kind: 'accepted', identity }];
    }),
  );
}
