import type { Order, OrderItem, OrderStatus } from '#shop-contracts';

/** State of the stock release: not needed (`none`), not yet sent to the product service (`due`), or `done`. */
export type StockRelease = 'none' | 'due' | 'done';

/** A stored order. */
export interface StoredOrder {
  readonly id: string;
  readonly userId: string;
  readonly status: OrderStatus;
  readonly statusReason: string | null;
  readonly items: readonly OrderItem[];
  readonly total: number | null;
  readonly currency: string | null;
  /** Grows with every change that is visible to clients; the source of the ETag. */
  readonly version: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly stockRelease: StockRelease;
  /** Number of the claim under which the order was read; grows with every claim. */
  readonly claim: number;
  /** Number of failed attempts at its unfinished work. */
  readonly attempts: number;
  /** Id of the request that created the order; calls to other services carry it, later retries included. */
  readonly requestId: string;
  /** Grows with every change of the names that are not stored with the order; absent when no such name is known. */
  readonly namesVersion?: number;
}

/** The order as clients see it. */
export const viewOf = (order: StoredOrder): Order => ({
  id: order.id,
  userId: order.userId,
  status: order.status,
  statusReason: order.statusReason,
  items: order.items,
  total: order.total,
  currency: order.currency,
  createdAt: new Date(order.createdAt).toISOString(),
  updatedAt: new Date(order.updatedAt).toISOString(),
});
