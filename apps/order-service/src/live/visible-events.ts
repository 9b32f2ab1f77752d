import type { CloudEvent } from '#contracts';
import { orderEvents, type OrderEventData } from '#shop-contracts';
import type { OrderAccess } from '../orders/order-access.js';

const TYPES: ReadonlySet<string> = new Set(Object.values(orderEvents).map(({ type }) => type));

const isOrderEvent = (event: CloudEvent): event is CloudEvent<OrderEventData> => TYPES.has(event.type);

/**
 * Which events a caller receives: those of orders that it sees in the list of orders.
 * @param userId the events of this user alone; `undefined`: no such filter
 */
export const visibleEvents =
  ({ owner }: Pick<OrderAccess, 'owner'>, userId: string | undefined) =>
  (event: CloudEvent): boolean => {
    if (!isOrderEvent(event)) return false;
    const of = event.data.userId;
    return (owner === undefined || of === owner) && (userId === undefined || of === userId);
  };
