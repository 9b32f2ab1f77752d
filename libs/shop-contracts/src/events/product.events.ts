import { defineEvent } from '#contracts';
import type { Product } from '../products/product.js';
import { amount, count, id, text, version } from './schemas.js';

/** A product after a change of a client. */
export interface ProductEventData extends Pick<
  Product,
  'id' | 'name' | 'category' | 'price' | 'currency' | 'stock'
> {
  readonly version: number;
}

export interface ProductDeletedData {
  readonly id: string;
  readonly version: number;
}

/** The stock of a product after an order reserved or released pieces; the version of the product stays. */
export interface StockChangedData {
  readonly id: string;
  readonly stock: number;
}

const product = { id, version, name: text, category: text, price: amount, currency: text, stock: count };

export const productCreated = defineEvent<ProductEventData>(
  'shop.product.created',
  'A product was created',
  product,
);
export const productChanged = defineEvent<ProductEventData>(
  'shop.product.changed',
  'Members of a product changed',
  product,
);
export const productDeleted = defineEvent<ProductDeletedData>(
  'shop.product.deleted',
  'A product was deleted',
  {
    id,
    version,
  },
);
export const stockChanged = defineEvent<StockChangedData>(
  'shop.product.stock-changed',
  'An order reserved or released pieces of a product',
  { id, stock: count },
);
