import { ORDER_STATUSES, type OrderStatus } from '#contracts';
import { clientMoves, givesStockBack, mayHoldStock } from './order-status.js';

const CLIENT_MOVES: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  pending: ['cancelled', 'rejected'],
  confirmed: ['paid', 'cancelled'],
  paid: ['shipped', 'cancelled'],
  shipped: ['delivered'],
  delivered: [],
  cancelled: [],
  rejected: [],
};

const pairs = ORDER_STATUSES.flatMap((from) => ORDER_STATUSES.map((to) => [from, to] as const));

describe('an order', () => {
  it.each(pairs)('that is %s may be moved to %s by a client only if the contract says so', (from, to) => {
    expect(clientMoves(from).includes(to)).toBe(CLIENT_MOVES[from].includes(to));
  });

  it('is confirmed by no client', () => {
    expect(ORDER_STATUSES.filter((from) => clientMoves(from).includes('confirmed'))).toEqual([]);
  });

  it.each(pairs)('gives stock back on its way from %s to %s exactly if it could hold some', (from, to) => {
    if (clientMoves(from).includes(to))
      expect(givesStockBack(to)).toBe(mayHoldStock(from) && !mayHoldStock(to) && to !== 'shipped');
  });
});
