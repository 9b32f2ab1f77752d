import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { InjectDatabase, type Keyset } from '#service-kit';
import type { ProductRow, ProductSchema } from '../store/product.schema.js';

/** The members of a product that clients set. */
export type ProductFields = Omit<ProductRow, 'id' | 'version' | 'created_at' | 'updated_at'>;

/** Products in the store, by id. */
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

  /** `undefined`: the product is gone, or no longer in the version of `current`, as after stock was taken. */
  update(
    { id, version }: ProductRow,
    fields: Partial<ProductFields>,
    now: number,
  ): Promise<ProductRow | undefined> {
    return this.database
      .updateTable('products')
      .set({ ...fields, version: version + 1, updated_at: now })
      .where('id', '=', id)
      .where('version', '=', version)
      .returningAll()
      .executeTakeFirst();
  }

  /** `undefined` as for {@link update}. */
  remove({ id, version }: ProductRow): Promise<ProductRow | undefined> {
    return this.database
      .deleteFrom('products')
      .where('id', '=', id)
      .where('version', '=', version)
      .returningAll()
      .executeTakeFirst();
  }
}
