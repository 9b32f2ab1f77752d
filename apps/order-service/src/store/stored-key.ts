import { createHash } from 'node:crypto';
import type { Caller } from '#service-kit';

/**
 * The key as it is stored. Keys of a caller are apart from those of all others: a caller must not learn which keys others
 * use. A space, which no key of a client has, begins them; the hash keeps the identity of the caller out of the table.
 * @param caller `undefined`: a request without identity; it has the key as sent
 */
export function storedKeyOf(
  key: string,
  caller: Partial<Pick<Caller, 'userId' | 'consumer'>> | undefined,
): string {
  if (!caller) return key;
  const { userId, consumer = '' } = caller;
  // With and without a new scope, a user is the same caller.
  return userId === undefined ? ` consumer ${hashOf(consumer, key)}` : ` ${hashOf(userId, key)}`;
}

const hashOf = (name: string, key: string): string =>
  createHash('sha256').update(`${name} ${key}`).digest('base64url');
