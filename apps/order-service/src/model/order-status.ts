import type { OrderStatus } from '#shop-contracts';

/** Allowed transitions from each status, for clients and for the service. */
const MOVES: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  pending: ['confirmed', 'cancelled', 'rejected'],
  confirmed: ['paid', 'cancelled'],
  paid: ['shipped', 'cancelled'],
  shipped: ['delivered'],
  delivered: [],
  cancelled: [],
  rejected: [],
};

/**
 * Statuses to which a client may move an order. Excludes `confirmed`, which means "the user exists, the stock is
 * held, the price is known" and is set only by the steps that ensure it. `rejected` is for orders that are still
 * `pending`; a shop that cannot fulfil a confirmed order cancels it.
 */
export const clientMoves = (from: OrderStatus): readonly OrderStatus[] =>
  MOVES[from].filter((to) => to !== 'confirmed');

/** Whether a move to `to` returns the stock of the order. */
export const releasesStock = (to: OrderStatus): boolean => to === 'cancelled' || to === 'rejected';
