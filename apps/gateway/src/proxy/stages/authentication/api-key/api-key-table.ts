import type { ApiKey } from '../../../../policy/api-keys-file.js';
import type { Identity } from '../../../exchange/exchange-state.js';
import { markedAsCaller } from '../caller-mark.js';
import { scopeField } from '../scope-field.js';

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

/** What becomes of the identity of a key. */
export interface KeyMapping {
  readonly provider: string;
  /** Field in which the service receives the consumer. */
  readonly consumerField: string | undefined;
  /** Field in which the service receives the scopes. */
  readonly scopesField: string | undefined;
  /** Whether callers are {@link markedAsCaller}. */
  readonly statesCallers: boolean;
}

/** Keys by their SHA-256. */
export type ApiKeyTable = ReadonlyMap<string, AcceptedKey>;

/**
 * Builds the table of the keys of a provider.
 * @param previous the table before, whose times of last use stay
 */
export function apiKeyTable(
  keys: readonly ApiKey[],
  mapping: KeyMapping,
  previous?: ApiKeyTable,
): ApiKeyTable {
  return new Map(
    keys.map((key) => {
      const { sha256, consumer, scopes = [] } = key;
      const fields = fieldsOf({ consumer, scopes }, mapping);
      const lastUsedAt = previous?.get(sha256)?.identity.lastUsedAt;
      const id = sha256.slice(0, ID_LENGTH);
      const identity = {
        consumer,
        provider: mapping.provider,
        scopes,
        claims: {},
        fields,
        key,
        id,
        lastUsedAt,
      };
      return [sha256, { kind: 'accepted', identity }];
    }),
  );
}

function fieldsOf(
  { consumer, scopes }: Pick<Identity, 'consumer' | 'scopes'>,
  { consumerField, scopesField, statesCallers }: KeyMapping,
): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  if (consumerField !== undefined) fields.set(consumerField, consumer);
  if (scopesField !== undefined) fields.set(scopesField, scopeField(scopes));
  return statesCallers ? markedAsCaller(fields) : fields;
}
