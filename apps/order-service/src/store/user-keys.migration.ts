import type { Kysely } from 'kysely';
import { storedKeyOf } from './stored-key.js';

/** The tables as they are at this migration; the other columns are copied as they are. */
interface Tables {
  readonly order_requests: { readonly key: string; readonly order_id: string };
  readonly orders: { readonly id: string; readonly user_id: string };
}

/**
 * Adds to each stored request one with the key of the user of its order. It is not stored whether a user sent the request or
 * a caller for all users: the key stays valid for both. There are rows of one day.
 */
export async function addKeysOfUsers(database: Kysely<unknown>): Promise<void> {
  const db = database as Kysely<Tables>;
  const requests = await db
    .selectFrom('order_requests')
    .innerJoin('orders', 'orders.id', 'order_requests.order_id')
    .selectAll('order_requests')
    .select('orders.user_id')
    .execute();
  for (const { user_id, ...request } of requests) {
    const key = storedKeyOf(request.key, { userId: user_id });
    await db
      .insertInto('order_requests')
      .values({ ...request, key })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .execute();
  }
}
