import type { Transaction } from 'kysely';
import type { OrdersSchema } from './orders.schema.js';

/** The user of orders whose user was deleted. No user has this id: ids of users are UUIDs. */
export const DELETED_USER = 'deleted-user';

/** Removes the id of a deleted user from its orders. The orders stay, for the books. */
export async function anonymiseOrders(userId: string, trx: Transaction<OrdersSchema>): Promise<void> {
  await trx
    .updateTable('orders')
    .set((eb) => ({ user_id: DELETED_USER, version: eb('version', '+', 1) }))
    .where('user_id', '=', userId)
    .execute();
}
