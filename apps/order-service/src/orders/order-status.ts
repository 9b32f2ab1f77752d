import type { OrderStatus } from '#contracts';

/** Where an order may go from each status, whoever moves it. */
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
 * Where a client may move an order. Not to `confirmed`: that is this service's own word for "the user exists, the stock is
 * held, the price is known", and only the steps that make it true may say it. `rejected` is for an order that is still
 * `pending`; a shop that cannot keep a confirmed one cancels it.
 */
export const clientMoves = (from: OrderStatus): readonly OrderStatus[] =>
  MOVES[from].filter((to) => to !== 'confirmed');

/** Whether moving to `to` means that the pieces go back to stock. */
export const givesStockBack = (to: OrderStatus): boolean => to === 'cancelled' || to === 'rejected';
