import type { Kysely } from 'kysely';
import { addWords, newId } from '#service-kit';
import type { UserDto } from '#shop-contracts';
import { emailKeyOf } from './email-key.js';
import { textOfUser, USER_WORDS, type UserRow, type UserSchema } from './user.table.js';

/** A user and the time of its creation in epoch milliseconds. */
export type DatedUser = UserDto & { readonly createdAt: number };

/** Inserts many users in one transaction, for sample data. It checks nothing. */
export function insertUsers(database: Kysely<UserSchema>, users: readonly DatedUser[]): Promise<void> {
  const rows = users.map(({ email, name, createdAt }): UserRow => ({
    id: newId(createdAt),
    email,
    email_key: emailKeyOf(email),
    name,
    version: 1,
    created_at: createdAt,
    updated_at: createdAt,
  }));
  return database.transaction().execute(async (trx) => {
    await trx.insertInto('users').values(rows).execute();
    await addWords<UserRow, UserSchema>(trx, USER_WORDS, rows, textOfUser);
  });
}
