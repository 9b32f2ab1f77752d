import type { Order, OrderItem, OrderStatus } from '#contracts';

/**
 * Whether pieces have to go back to stock: `none` is due, it is `due` and the product service must yet be told, or it is
 * `done`.
 */
export type StockRelease = 'none' | 'due' | 'done';

/** An order as it is kept. */
export interface StoredOrder {
  readonly id: string;
  readonly userId: string;
  readonly status: OrderStatus;
  readonly statusReason: string | null;
  readonly items: readonly OrderItem[];
  readonly total: number | null;
  readonly currency: string | null;
  /** Grows with every change that a client can see; what its ETag says. */
  readonly version: number;
  /** Milliseconds since the epoch, as are all times here. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly stockRelease: StockRelease;
  /** Number of the claim under which it was read; grows with every claim. */
  readonly claim: number;
  /** How often its unfinished work was tried in vain. */
  readonly attempts: number;
  /** The request that made it: neighbours are called under its id, also much later. */
  readonly requestId: string;
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
