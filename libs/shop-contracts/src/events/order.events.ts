import { defineEvent, type EventDefinition } from '#contracts';
import { ORDER_STATUSES, type Order, type OrderStatus } from '../orders/order.js';
import { amount, count, id, text, version } from './schemas.js';

/** An order after a change of its status. */
export interface OrderEventData extends Pick<
  Order,
  'id' | 'userId' | 'status' | 'items' | 'total' | 'currency'
> {
  readonly version: number;
}

const orNull = <Schema extends { readonly type: string }>(schema: Schema) => ({
  ...schema,
  type: [schema.type, 'null'],
});

const item = {
  type: 'object',
  required: ['productId', 'quantity', 'unitPrice'],
  properties: { productId: id, quantity: count, unitPrice: orNull(amount), name: orNull(text) },
};

const order = {
  id,
  version,
  userId: text,
  status: { ...text, enum: ORDER_STATUSES },
  items: { type: 'array', items: item },
  total: orNull(amount),
  currency: orNull(text),
};

const orderEvent = (name: string, summary: string): EventDefinition<OrderEventData> =>
  defineEvent<OrderEventData>(`shop.order.${name}`, summary, order);

/** The event for each status that an order reaches. Every order is placed before anything else happens to it. */
export const orderEvents: Readonly<Record<OrderStatus, EventDefinition<OrderEventData>>> = {
  pending: orderEvent('placed', 'An order was accepted'),
  confirmed: orderEvent('confirmed', 'The stock of an order is reserved and its prices are known'),
  paid: orderEvent('paid', 'An order was paid'),
  shipped: orderEvent('shipped', 'An order was shipped'),
  delivered: orderEvent('delivered', 'An order was delivered'),
  cancelled: orderEvent('cancelled', 'An order was cancelled; the release of its stock is due'),
  rejected: orderEvent('rejected', 'An accepted order was rejected; the release of its stock is due'),
};
