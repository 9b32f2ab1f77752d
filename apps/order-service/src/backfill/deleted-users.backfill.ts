import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { InjectDatabase } from '#service-kit';
import { UserDirectory } from '../neighbours/user-directory.js';
import { anonymiseOrders, DELETED_USER } from '../store/anonymise-orders.js';
import type { OrdersSchema } from '../store/orders.schema.js';
import type { Backfill, BackfillPart } from './backfill.js';

const nothing = (): Promise<void> => Promise.resolve();

/** Anonymises the orders of users who were deleted before the user service published events. */
@Injectable()
export class DeletedUsersBackfill implements Backfill {
  readonly name = 'deleted-users';

  constructor(
    @InjectDatabase() private readonly database: Kysely<OrdersSchema>,
    private readonly users: UserDirectory,
  ) {}

  /** @param position the user of the part before */
  async next(position: string | null): Promise<BackfillPart> {
    const userId = await this.userAfter(position ?? '');
    if (userId === undefined) return { position: null, store: nothing };
    const isDeleted = userId !== DELETED_USER && (await this.users.isDeleted(userId));
    return { position: userId, store: isDeleted ? (trx) => anonymiseOrders(userId, trx) : nothing };
  }

  private async userAfter(userId: string): Promise<string | undefined> {
    const users = this.database.selectFrom('orders').select('user_id').where('user_id', '>', userId);
    return (await users.orderBy('user_id').limit(1).executeTakeFirst())?.user_id;
  }
}
