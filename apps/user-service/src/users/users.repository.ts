import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import type { EventDefinition } from '#contracts';
import {
  addWords,
  eventOf,
  InjectDatabase,
  Outbox,
  readList,
  replaceWords,
  type DomainEvent,
  type Page,
} from '#service-kit';
import { userChanged, userCreated, userDeleted, type UserEventData } from '#shop-contracts';
import { filtersOf, type UserListQueryDto } from './user-list.query.js';
import { textOfUser, USER_LIST, USER_WORDS, type UserRow, type UserSchema } from './user.table.js';

/** The members of a user that clients set. */
export type UserFields = Pick<UserRow, 'email' | 'email_key' | 'name'>;

/** User rows by id. Each change publishes its event. */
@Injectable()
export class UsersRepository {
  constructor(
    @InjectDatabase() private readonly database: Kysely<UserSchema>,
    private readonly outbox: Outbox,
  ) {}

  list<Item>(query: UserListQueryDto, toItem: (row: UserRow) => Item): Promise<Page<Item>> {
    return readList(this.database, USER_LIST, { query, filters: filtersOf(query) }, toItem);
  }

  find(id: string): Promise<UserRow | undefined> {
    return this.database.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
  }

  insert(row: UserRow): Promise<UserRow> {
    return this.outbox.transaction<UserSchema, UserRow>(async (trx, publish) => {
      const user = await trx.insertInto('users').values(row).returningAll().executeTakeFirstOrThrow();
      await addWords<UserRow, UserSchema>(trx, USER_WORDS, [user], textOfUser);
      await publish(userEvent(userCreated, user));
      return user;
    });
  }

  /** `undefined`: the user is gone, or has another version than `current`. */
  update({ id, version }: UserRow, fields: Partial<UserFields>, now: number): Promise<UserRow | undefined> {
    return this.outbox.transaction<UserSchema, UserRow | undefined>(async (trx, publish) => {
      const user = await trx
        .updateTable('users')
        .set({ ...fields, version: version + 1, updated_at: now })
        .where('id', '=', id)
        .where('version', '=', version)
        .returningAll()
        .executeTakeFirst();
      if (!user) return undefined;
      await replaceWords<UserRow, UserSchema>(trx, USER_WORDS, user, textOfUser);
      await publish(userEvent(userChanged, user));
      return user;
    });
  }

  /** `undefined` as in {@link update}. */
  remove({ id, version }: UserRow): Promise<UserRow | undefined> {
    return this.outbox.transaction<UserSchema, UserRow | undefined>(async (trx, publish) => {
      const user = await trx
        .deleteFrom('users')
        .where('id', '=', id)
        .where('version', '=', version)
        .returningAll()
        .executeTakeFirst();
      if (user) await publish(userEvent(userDeleted, { id, version: version + 1 }));
      return user;
    });
  }
}

const userEvent = (definition: EventDefinition<UserEventData>, { id, version }: UserEventData): DomainEvent =>
  eventOf(definition, id, { id, version });
