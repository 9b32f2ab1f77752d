import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { InjectDatabase, type Keyset } from '#service-kit';
import { MAX_STOCK } from '#shop-contracts';
import type { ProductRow, ProductSchema } from '../store/product.schema.js';
import type { StockChange } from './stock-change.js';

/** The members of a product that clients set, without the stock, which changes separately. */
export type ProductFields = Omit<ProductRow, 'id' | 'stock' | 'version' | 'created_at' | 'updated_at'>;

/** Product rows by id. */
@Injectable()
export class ProductsRepository {
  constructor(@InjectDatabase() private readonly database: Kysely<ProductSchema>) {}

  list({ after, limit }: Keyset): Promise<ProductRow[]> {
    const products = this.database.selectFrom('products').selectAll();
    return products.where('id', '>', after).orderBy('id').limit(limit).execute();
  }

  listCategory(category: string, { after, limit }: Keyset): Promise<ProductRow[]> {
    const products = this.database.selectFrom('products').selectAll().where('category', '=', category);
    return products.where('id', '>', after).orderBy('id').limit(limit).execute();
  }

  find(id: string): Promise<ProductRow | undefined> {
    return this.database.selectFrom('products').selectAll().where('id', '=', id).executeTakeFirst();
  }

  insert(row: ProductRow): Promise<ProductRow> {
    return this.database.insertInto('products').values(row).returningAll().executeTakeFirstOrThrow();
  }

  /**
   * Writes a new version. `undefined`: the product is gone, has another version than `current`, or its stock no longer
   * allows the change.
   */
  update(
    { id, version }: ProductRow,
    fields: Partial<ProductFields>,
    { stock, delta = 0, expected }: StockChange,
    now: number,
  ): Promise<ProductRow | undefined> {
    return this.database
      .updateTable('products')
      .set((product) => ({
        ...fields,
        stock: stock ?? product('stock', '+', delta),
        version: version + 1,
        updated_at: now,
      }))
      .where('id', '=', id)
      .where('version', '=', version)
      .$if(expected !== undefined, (update) => update.where('stock', '=', expected ?? 0))
      .$if(delta < 0, (update) => update.where('stock', '>=', -delta))
      .$if(delta > 0, (update) => update.where('stock', '<=', MAX_STOCK - delta))
      .returningAll()
      .executeTakeFirst();
  }

  /** Resolves to `undefined` when the product is gone or has another version. */
  remove({ id, version }: ProductRow): Promise<ProductRow | undefined> {
    return this.database
      .deleteFrom('products')
      .where('id', '=', id)
      .where('version', '=', version)
      .returningAll()
      .executeTakeFirst();
  }
}
