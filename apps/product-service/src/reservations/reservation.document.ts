import type { NamedSchema } from '#service-kit';

const RESERVED_ITEM = {
  type: 'object',
  required: ['productId', 'quantity', 'unitPrice', 'currency'],
  properties: {
    productId: { type: 'string' },
    quantity: { type: 'integer', minimum: 1 },
    unitPrice: { type: 'integer', minimum: 0, description: 'minor units' },
    currency: { type: 'string', example: 'EUR' },
  },
};

/** OpenAPI schema of a reservation. */
export const RESERVATION: NamedSchema = {
  name: 'Reservation',
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
