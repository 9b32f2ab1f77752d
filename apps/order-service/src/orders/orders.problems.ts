import { defineProblem, notFound, type OrderStatus, type Problem, type ProblemOptions } from '#contracts';
import { clientMoves } from './order-status.js';

const illegalTransitionKind = defineProblem('illegal-transition', 409, 'The order cannot move there');
const orderImmutableKind = defineProblem(
  'order-immutable',
  409,
  'An order does not change but for its status',
);
const unknownUserKind = defineProblem('unknown-user', 422, 'Unknown user');
const unknownProductKind = defineProblem('unknown-product', 422, 'Unknown product');
const insufficientStockKind = defineProblem('insufficient-stock', 409, 'Not enough in stock');
const mixedCurrenciesKind = defineProblem('mixed-currencies', 422, 'The items have different currencies');
const overloadedKind = defineProblem('overloaded', 503, 'The order service is overloaded');
const stockGivenBackKind = defineProblem('stock-given-back', 409, 'The stock of this order was given back');

/** Details of another service's problem: invalid members (`errors`) and extension members such as `productId`. */
export type Particulars = Pick<ProblemOptions, 'errors' | 'extensions'>;

export const orderNotFound = (id: string): Problem => notFound(`there is no order ${id}`);

export const userNotFound = (userId: string): Problem =>
  notFound(`there is no user ${userId}, and there are no orders of this user`);

export function illegalTransition(from: OrderStatus, to: OrderStatus): Problem {
  const allowed = clientMoves(from);
  const way = allowed.length === 0 ? 'it stays there' : `from there it can go to ${allowed.join(', ')}`;
  const why =
    from === 'pending' && to === 'confirmed' ? '; it is confirmed by itself once its stock is held' : '';
  return illegalTransitionKind(`the order is ${from} and cannot become ${to}; ${way}${why}`, {
    extensions: { from, to, allowed },
  });
}

export const orderImmutable = (member: string): Problem =>
  orderImmutableKind(`${member} is not what the order has; only its status can be set`, {
    errors: [{ pointer: `/${member}`, detail: `${member} cannot be changed` }],
  });

export const unknownUser = (userId: string): Problem =>
  unknownUserKind(`there is no user ${userId}`, { extensions: { userId } });

export const unknownProduct = (detail: string, particulars: Particulars): Problem =>
  unknownProductKind(detail, particulars);

export const insufficientStock = (detail: string, particulars: Particulars): Problem =>
  insufficientStockKind(detail, particulars);

export const mixedCurrencies = (): Problem =>
  mixedCurrenciesKind('all items of an order must be sold in one currency; make one order for each');

export const overloaded = (): Problem =>
  overloadedKind('too many orders are being placed at the moment; try again', {
    headers: { 'retry-after': '1' },
  });

export const stockGivenBack = (): Problem =>
  stockGivenBackKind('the stock of this order was given back before the order was confirmed');
