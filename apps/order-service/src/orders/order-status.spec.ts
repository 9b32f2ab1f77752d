import { ORDER_STATUSES, type OrderStatus } from '#contracts';
import { clientMoves, givesStockBack } from './order-status.js';

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

  it.each(ORDER_STATUSES)('that becomes %s gives its stock back only if nobody gets it then', (status) => {
    expect(givesStockBack(status)).toBe(status === 'cancelled' || status === 'rejected');
  });

  it('that can give stock back has not been shipped', () => {
    const cancellable = ORDER_STATUSES.filter((from) => clientMoves(from).some(givesStockBack));
    expect(cancellable).toEqual(['pending', 'confirmed', 'paid']);
  });
});
