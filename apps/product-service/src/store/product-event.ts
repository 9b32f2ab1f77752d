import { eventOf, type DomainEvent } from '#service-kit';
import { productDeleted, stockChanged, type productCreated } from '#shop-contracts';
import type { ProductRow } from './product.schema.js';

/** The event for a product after a change of a client; created and changed products have the same data. */
export const productEvent = (
  definition: typeof productCreated,
  { id, version, name, category, price, currency, stock }: ProductRow,
): DomainEvent => eventOf(definition, id, { id, version, name, category, price, currency, stock });

export const productDeletedEvent = ({ id, version }: ProductRow): DomainEvent =>
  eventOf(productDeleted, id, { id, version: version + 1 });

/** The event for a product whose stock an order has changed. */
export const stockEvent = ({ id, stock }: Pick<ProductRow, 'id' | 'stock'>): DomainEvent =>
  eventOf(stockChanged, id, { id, stock });
