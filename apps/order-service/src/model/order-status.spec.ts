import { ORDER_STATUSES, type OrderStatus } from '#shop-contracts';
import { clientMoves, releasesStock } from './order-status.js';

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
  it.each(pairs)('allows a client to move %s to %s only if the contract allows it', (from, to) => {
    expect(clientMoves(from).includes(to)).toBe(CLIENT_MOVES[from].includes(to));
  });

  it('cannot be confirmed by a client', () => {
    expect(ORDER_STATUSES.filter((from) => clientMoves(from).includes('confirmed'))).toEqual([]);
  });

  it.each(ORDER_STATUSES)('returns stock on becoming %s only when cancelled or rejected', (status) => {
    expect(releasesStock(status)).toBe(status === 'cancelled' || status === 'rejected');
  });

  it('can return stock only before it is shipped', () => {
    const cancellable = ORDER_STATUSES.filter((from) => clientMoves(from).some(releasesStock));
    expect(cancellable).toEqual(['pending', 'confirmed', 'paid']);
  });
});
