import { createHash } from 'node:crypto';

/**
 * The key as it is stored. Keys of a user are apart from those of all others: a user must not learn which keys others
 * use. A space, which no key of a client has, begins them; the hash keeps the id of the user out of the table.
 * @param owner `undefined`: a caller for all users
 */
export function storedKeyOf(key: string | undefined, owner: string | undefined): string | undefined {
  if (key === undefined || owner === undefined) return key;
  return ` ${createHash('sha256').update(`${owner} ${key}`).digest('base64url')}`;
}
