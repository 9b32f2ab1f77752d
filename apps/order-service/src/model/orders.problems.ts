import { defineProblem, notFound, type Problem, type ProblemOptions } from '#contracts';
import type { OrderStatus } from '#shop-contracts';
import { clientMoves } from './order-status.js';

export const illegalTransitionKind = defineProblem('illegal-transition', 409, 'Illegal status transition');
export const orderImmutableKind = defineProblem('order-immutable', 409, 'Immutable order member');
export const orderAccessDeniedKind = defineProblem('order-access-denied', 403, 'Order access denied');
export const unknownUserKind = defineProblem('unknown-user', 422, 'Unknown user');
export const unknownProductKind = defineProblem('unknown-product', 422, 'Unknown product');
export const insufficientStockKind = defineProblem('insufficient-stock', 409, 'Insufficient stock');
export const mixedCurrenciesKind = defineProblem('mixed-currencies', 422, 'Mixed currencies');
export const overloadedKind = defineProblem('overloaded', 503, 'Order service overloaded');
export const reservationReleasedKind = defineProblem('stock-given-back', 409, 'Stock reservation released');

/** Details of another service's problem: invalid members (`errors`) and extension members such as `productId`. */
export type RelayedMembers = Pick<ProblemOptions, 'errors' | 'extensions'>;

export const orderNotFound = (id: string): Problem => notFound(`order ${id} does not exist`);

export const orderAccessDenied = (detail: string): Problem => orderAccessDeniedKind(detail);

export const userNotFound = (userId: string): Problem =>
  notFound(`user ${userId} does not exist and has no orders`);

export function illegalTransition(from: OrderStatus, to: OrderStatus): Problem {
  const allowed = clientMoves(from);
  const transitions =
    allowed.length === 0 ? 'no further change is allowed' : `allowed: ${allowed.join(', ')}`;
  const hint =
    from === 'pending' && to === 'confirmed'
      ? '; the order is confirmed automatically once its stock is reserved'
      : '';
  return illegalTransitionKind(`the order cannot change from ${from} to ${to}; ${transitions}${hint}`, {
    extensions: { from, to, allowed },
  });
}

export const orderImmutable = (member: string): Problem =>
  orderImmutableKind(`${member} differs from the order; only the status of an order can be changed`, {
    errors: [{ pointer: `/${member}`, detail: `${member} cannot be changed` }],
  });

export const unknownUser = (userId: string): Problem =>
  unknownUserKind(`user ${userId} does not exist`, { extensions: { userId } });

export const unknownProduct = (detail: string, members: RelayedMembers): Problem =>
  unknownProductKind(detail, members);

export const insufficientStock = (detail: string, members: RelayedMembers): Problem =>
  insufficientStockKind(detail, members);

export const mixedCurrencies = (): Problem =>
  mixedCurrenciesKind('all items of an order must have the same currency; place one order per currency');

export const overloaded = (): Problem =>
  overloadedKind('too many orders are in progress; retry later', {
    headers: { 'retry-after': '1' },
  });

export const reservationReleased = (): Problem =>
  reservationReleasedKind('the stock reservation of the order was released before the order was confirmed');
