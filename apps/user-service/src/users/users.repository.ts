import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { InjectDatabase, type Keyset } from '#service-kit';
import type { UserRow, UserSchema } from './user.table.js';

/** The members of a user that clients set. */
export type UserFields = Pick<UserRow, 'email' | 'email_key' | 'name'>;

/** User rows by id. */
@Injectable()
export class UsersRepository {
  constructor(@InjectDatabase() private readonly database: Kysely<UserSchema>) {}

  list({ after, limit }: Keyset): Promise<UserRow[]> {
    const users = this.database.selectFrom('users').selectAll();
    return users.where('id', '>', after).orderBy('id').limit(limit).execute();
  }

  find(id: string): Promise<UserRow | undefined> {
    return this.database.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
  }

  insert(row: UserRow): Promise<UserRow> {
    return this.database.insertInto('users').values(row).returningAll().executeTakeFirstOrThrow();
  }

  /** `undefined`: the user is gone, or has another version than `current`. */
  update({ id, version }: UserRow, fields: Partial<UserFields>, now: number): Promise<UserRow | undefined> {
    return this.database
      .updateTable('users')
      .set({ ...fields, version: version + 1, updated_at: now })
      .where('id', '=', id)
      .where('version', '=', version)
      .returningAll()
      .executeTakeFirst();
  }

  /** `undefined` as in {@link update}. */
  remove({ id, version }: UserRow): Promise<UserRow | undefined> {
    return this.database
      .deleteFrom('users')
      .where('id', '=', id)
      .where('version', '=', version)
      .returningAll()
      .executeTakeFirst();
  }
}
