import { eventOf, type DomainEvent } from '#service-kit';
import { orderEvents } from '#shop-contracts';
import type { StoredOrder } from '../model/stored-order.js';

/**
 * The events for an order that has reached its status. An order is placed when its first response is known: a refused one
 * never was.
 *
 * @param before the order before the change; its user may have been deleted since it was read
 */
export function eventsOf(before: StoredOrder, order: StoredOrder): DomainEvent[] {
  const isNew = before.status === 'pending' && before.attempts === 0;
  const placed = { ...before, userId: order.userId, status: 'pending' as const };
  return [
    ...(isNew ? [orderEvent(placed)] : []),
    ...(order.status === before.status ? [] : [orderEvent(order)]),
  ];
}

function orderEvent({ id, userId, status, items, total, currency, version }: StoredOrder): DomainEvent {
  return eventOf(orderEvents[status], id, { id, userId, status, items, total, currency, version });
}
