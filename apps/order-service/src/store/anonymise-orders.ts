import { sql, type RawBuilder, type Transaction } from 'kysely';
import { databaseNow } from '#service-kit';
import type { StoredOrder } from '../model/stored-order.js';
import type { OrdersSchema } from './orders.schema.js';

/** The user of orders whose user was deleted. No user has this id: ids of users are UUIDs. */
export const DELETED_USER = 'deleted-user';

/**
 * Removes the id of a deleted user from its orders, their status reasons, and the responses that wait to be replayed. The
 * orders stay, for the books.
 */
export async function anonymiseOrders(userId: string, trx: Transaction<OrdersSchema>): Promise<void> {
  const now = databaseNow<OrdersSchema>(trx);
  const withoutId = (column: string) => sql<string>`replace(${sql.ref(column)}, ${userId}, ${DELETED_USER})`;
  await trx
    .updateTable('order_requests')
    .set({ answer: withoutId('answer') })
    .where('order_id', 'in', (eb) => eb.selectFrom('orders').select('id').where('user_id', '=', userId))
    .execute();
  await trx
    .updateTable('orders')
    .set((eb) => ({
      user_id: DELETED_USER,
      status_reason: withoutId('status_reason'),
      version: eb('version', '+', 1),
      updated_at: now,
    }))
    .where('user_id', '=', userId)
    .execute();
}

/** The reason, which may name the user, for a row whose user may have been deleted since `order` was read. */
export const reasonFor = ({ userId }: StoredOrder, reason: string): RawBuilder<string> =>
  sql<string>`replace(${reason}, ${userId}, ${sql.ref('user_id')})`;
