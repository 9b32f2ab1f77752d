import type { NamedSchema } from '#service-kit';

const RESERVED_ITEM = {
  type: 'object',
  required: ['productId', 'quantity', 'unitPrice', 'currency'],
  properties: {
    productId: { type: 'string' },
    quantity: { type: 'integer', minimum: 1 },
    unitPrice: { type: 'integer', minimum: 0, description: 'minor units' },
    currency: { type: 'string', example: 'EUR' },
    name: { type: 'string', nullable: true, description: 'when the stock was reserved' },
  },
};

/** OpenAPI schema of a reservation. */
export const RESERVATION: NamedSchema = {
  name: 'Reservation',
  example: {
    orderId: '0197c0de-0000-7000-8000-000000000000',
    status: 'held',
    items: [
      {
        productId: '0197c0de-0000-7000-8000-000000000001',
        quantity: 2,
        unitPrice: 4900,
        currency: 'EUR',
        name: 'Teapot',
      },
    ],
  },
  schema: {
    type: 'object',
    required: ['orderId', 'status', 'items'],
    properties: {
      orderId: { type: 'string' },
      status: { type: 'string', enum: ['held', 'released'] },
      items: { type: 'array', items: RESERVED_ITEM },
    },
  },
};
