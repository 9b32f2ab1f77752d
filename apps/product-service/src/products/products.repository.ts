import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { addWords, InjectDatabase, Outbox, readList, replaceWords, type Page } from '#service-kit';
import { MAX_STOCK, productChanged, productCreated } from '#shop-contracts';
import { productDeletedEvent, productEvent } from '../store/product-event.js';
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

/** Product rows by id. Each change publishes its event. */
@Injectable()
export class ProductsRepository {
  constructor(
    @InjectDatabase() private readonly database: Kysely<ProductSchema>,
    private readonly outbox: Outbox,
  ) {}

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
    return this.outbox.transaction<ProductSchema, ProductRow>(async (trx, publish) => {
      const product = await trx.insertInto('products').values(row).returningAll().executeTakeFirstOrThrow();
      await addWords<ProductRow, ProductSchema>(trx, PRODUCT_WORDS, [product], textOfProduct);
      await publish(productEvent(productCreated, product));
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
    return this.outbox.transaction<ProductSchema, ProductRow | undefined>(async (trx, publish) => {
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
      if (!product) return undefined;
      if (changesText(fields))
        await replaceWords<ProductRow, ProductSchema>(trx, PRODUCT_WORDS, product, textOfProduct);
      await publish(productEvent(productChanged, product));
      return product;
    });
  }

  /** Resolves to `undefined` when the product is gone or has another version. */
  remove({ id, version }: ProductRow): Promise<ProductRow | undefined> {
    return this.outbox.transaction<ProductSchema, ProductRow | undefined>(async (trx, publish) => {
      const product = await trx
        .deleteFrom('products')
        .where('id', '=', id)
        .where('version', '=', version)
        .returningAll()
        .executeTakeFirst();
      if (product) await publish(productDeletedEvent(product));
      return product;
    });
  }
}

const changesText = ({ name, category, description }: Partial<ProductFields>): boolean =>
  name !== undefined || category !== undefined || description !== undefined;
