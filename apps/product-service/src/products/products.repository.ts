import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { addWords, InjectDatabase, readList, replaceWords, type Page } from '#service-kit';
import { MAX_STOCK } from '#shop-contracts';
import {
  PRODUCT_LIST,
  PRODUCT_WORDS,
  textOfProduct,
  type ProductRow,
  type ProductSchema,
} from '../store/product.schema.js';
import { filtersOf, type ProductListQueryDto } from './product-list.query.js';
import type { StockChange } from './stock-change.js';

/** The members of a product that clients set, without the stock, which changes separately. */
export type ProductFields = Omit<ProductRow, 'id' | 'stock' | 'version' | 'created_at' | 'updated_at'>;

/** Product rows by id. */
@Injectable()
export class ProductsRepository {
  constructor(@InjectDatabase() private readonly database: Kysely<ProductSchema>) {}

  /** @param category the list of this category alone */
  list<Item>(
    query: ProductListQueryDto,
    toItem: (row: ProductRow) => Item,
    category?: string,
  ): Promise<Page<Item>> {
    const scope = category === undefined ? {} : { scope: { category } };
    return readList(
      this.database,
      PRODUCT_LIST,
      { query, filters: { ...filtersOf(query), ...scope } },
      toItem,
    );
  }

  find(id: string): Promise<ProductRow | undefined> {
    return this.database.selectFrom('products').selectAll().where('id', '=', id).executeTakeFirst();
  }

  insert(row: ProductRow): Promise<ProductRow> {
    return this.database.transaction().execute(async (trx) => {
      const product = await trx.insertInto('products').values(row).returningAll().executeTakeFirstOrThrow();
      await addWords<ProductRow, ProductSchema>(trx, PRODUCT_WORDS, [product], textOfProduct);
      return product;
    });
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
    return this.database.transaction().execute(async (trx) => {
      const product = await trx
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
      if (product && changesText(fields))
        await replaceWords<ProductRow, ProductSchema>(trx, PRODUCT_WORDS, product, textOfProduct);
      return product;
    });
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

const changesText = ({ name, category, description }: Partial<ProductFields>): boolean =>
  name !== undefined || category !== undefined || description !== undefined;
