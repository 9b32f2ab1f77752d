import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { InjectDatabase } from '#service-kit';
import { UserDirectory } from '../neighbours/user-directory.js';
import { anonymiseOrders, DELETED_USER } from '../store/anonymise-orders.js';
import type { OrdersSchema } from '../store/orders.schema.js';
import type { Backfill, BackfillPart } from './backfill.js';
import { requireKnownOwners } from './require-known-owners.js';

const nothing = (): Promise<void> => Promise.resolve();

/** Anonymises the orders of users who were deleted before the user service published events. */
@Injectable()
export class DeletedUsersBackfill implements Backfill {
  readonly name = 'deleted-users';
  /** Whether the user service is known to run on the right store. */
  private isVerified = false;

  constructor(
    @InjectDatabase() private readonly database: Kysely<OrdersSchema>,
    private readonly users: UserDirectory,
  ) {}

  /** @param position the user of the part before */
  async next(position: string | null, isConfirmed: boolean): Promise<BackfillPart> {
    const userId = await this.userAfter(position ?? '');
    if (userId === undefined) return { position: null, records: 0, store: nothing };
    if (!(await this.isDeleted(userId, isConfirmed))) return { position: userId, records: 0, store: nothing };
    return { position: userId, records: 1, store: (trx) => anonymiseOrders(userId, trx) };
  }

  private async isDeleted(userId: string, isConfirmed: boolean): Promise<boolean> {
    if (userId === DELETED_USER) return false;
    try {
      if (!(await this.users.isDeleted(userId))) return false;
      if (isConfirmed || this.isVerified) return true;
      await requireKnownOwners(this.database, this.users);
      this.isVerified = true;
      // The first response may be that of a wrong store, before the user service was started on the right one.
      return await this.users.isDeleted(userId);
    } catch (error) {
      // The user service may be restarted on another store.
      this.isVerified = false;
      throw error;
    }
  }

  private async userAfter(userId: string): Promise<string | undefined> {
    const users = this.database.selectFrom('orders').select('user_id').where('user_id', '>', userId);
    return (await users.orderBy('user_id').limit(1).executeTakeFirst())?.user_id;
  }
}
