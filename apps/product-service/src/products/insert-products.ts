import type { Kysely } from 'kysely';
import { addWords, newId } from '#service-kit';
import type { ProductDto } from '#shop-contracts';
import {
  PRODUCT_WORDS,
  textOfProduct,
  type ProductRow,
  type ProductSchema,
} from '../store/product.schema.js';

/** A product and the time of its creation in epoch milliseconds. */
export type DatedProduct = ProductDto & { readonly createdAt: number };

/** Inserts many products in one transaction, for sample data. It checks nothing. */
export function insertProducts(
  database: Kysely<ProductSchema>,
  products: readonly DatedProduct[],
): Promise<void> {
  const rows = products.map(({ createdAt, description = null, ...product }): ProductRow => ({
    ...product,
    description,
    id: newId(createdAt),
    version: 1,
    created_at: createdAt,
    updated_at: createdAt,
  }));
  return database.transaction().execute(async (trx) => {
    await trx.insertInto('products').values(rows).execute();
    await addWords<ProductRow, ProductSchema>(trx, PRODUCT_WORDS, rows, textOfProduct);
  });
}
