import type { NamedSchema } from '#service-kit';
import { ORDER_STATUSES } from '#shop-contracts';

const text = { type: 'string' };
const time = { ...text, format: 'date-time' };
const money = {
  type: 'integer',
  minimum: 0,
  nullable: true,
  description: 'in minor units; null until the order is priced',
};

const ITEM = {
  type: 'object',
  required: ['productId', 'quantity', 'unitPrice'],
  properties: { productId: text, quantity: { type: 'integer', minimum: 1 }, unitPrice: money },
};

const properties = {
  id: { ...text, format: 'uuid' },
  userId: text,
  status: { ...text, enum: ORDER_STATUSES },
  statusReason: { ...text, nullable: true, description: 'why the order is rejected or still pending' },
  items: { type: 'array', items: ITEM },
  total: money,
  currency: { ...text, nullable: true, example: 'EUR' },
  createdAt: time,
  updatedAt: time,
};

/** OpenAPI schema of an order. */
export const ORDER: NamedSchema = {
  name: 'Order',
  schema: { type: 'object', required: Object.keys(properties), properties },
};
