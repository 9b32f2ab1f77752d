import type { Kysely } from 'kysely';
import { newId } from '#service-kit';
import type { OrderItem, OrderStatus } from '#shop-contracts';
import type { OrdersSchema } from './orders.schema.js';

/** An order as it is after its placement, and the time of its creation in epoch milliseconds. */
export interface PlacedOrder {
  readonly userId: string;
  readonly status: OrderStatus;
  readonly items: readonly OrderItem[];
  readonly total: number;
  readonly currency: string;
  readonly createdAt: number;
}

/** Inserts many orders in one transaction, for sample data. It checks nothing and reserves no stock. */
export async function insertOrders(
  database: Kysely<OrdersSchema>,
  orders: readonly PlacedOrder[],
): Promise<void> {
  const rows = orders.map(({ userId, items, createdAt, ...order }) => ({
    ...order,
    id: newId(createdAt),
    user_id: userId,
    status_reason: null,
    items: JSON.stringify(items),
    version: 2,
    created_at: createdAt,
    updated_at: createdAt,
    stock_release: 'done' as const,
    withdrawn: 0,
    attempts: 0,
    attempt_at: null,
    claim: 1,
    claimed_until: 0,
    request_id: 'seed',
  }));
  await database.insertInto('orders').values(rows).execute();
}
