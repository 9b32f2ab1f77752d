import type { NamedSchema } from '#service-kit';
import { ORDER_STATUSES, type Order } from '#shop-contracts';

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
  properties: {
    productId: text,
    quantity: { type: 'integer', minimum: 1 },
    unitPrice: money,
    name: {
      ...text,
      nullable: true,
      description: 'name of the product when its stock was reserved; before, the latest known one, or null',
    },
  },
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

const EXAMPLE: Order = {
  id: '0197c0de-0000-7000-8000-000000000000',
  userId: '0197c0de-0000-7000-8000-000000000001',
  status: 'confirmed',
  statusReason: null,
  items: [
    { productId: '0197c0de-0000-7000-8000-000000000002', quantity: 2, unitPrice: 4900, name: 'Teapot' },
  ],
  total: 9800,
  currency: 'EUR',
  createdAt: '2026-01-01T12:00:00.000Z',
  updatedAt: '2026-01-01T12:00:00.000Z',
};

/** OpenAPI schema of an order. */
export const ORDER: NamedSchema = {
  name: 'Order',
  schema: { type: 'object', required: Object.keys(properties), properties },
  example: EXAMPLE,
};
