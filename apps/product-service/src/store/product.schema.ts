import { sql, type Kysely } from 'kysely';
import {
  addWordsOfAll,
  createEventTables,
  createListIndexes,
  createLookupTable,
  type ListDefinition,
  type LookupTable,
  type Migrations,
} from '#service-kit';
import type { Reservation } from '#shop-contracts';

/** A row of `products`. Times are epoch milliseconds, the price is in minor units. */
export interface ProductRow {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly category: string;
  readonly price: number;
  readonly currency: string;
  readonly stock: number;
  /** Grows with every change of the product by a client. A reservation changes only the stock. */
  readonly version: number;
  readonly created_at: number;
  readonly updated_at: number;
}

/** The stock reserved for an order. The row stays after the release, so that a late command cannot reserve again. */
export interface ReservationRow {
  readonly order_id: string;
  readonly status: Reservation['status'];
  readonly created_at: number;
  readonly updated_at: number;
}

/** One product of a reservation; `position` is its index in the order's items. */
export interface ReservedItemRow {
  readonly order_id: string;
  readonly position: number;
  readonly product_id: string;
  readonly quantity: number;
  readonly unit_price: number;
  readonly currency: string;
  /** `null` in reservations from before names were stored. */
  readonly name: string | null;
}

/** Tables of the product service. */
export interface ProductSchema {
  readonly products: ProductRow;
  readonly stock_reservations: ReservationRow;
  readonly stock_reservation_items: ReservedItemRow;
}

/** `/products` */
export const PRODUCT_LIST: ListDefinition = {
  table: 'products',
  sorts: { createdAt: 'created_at', price: 'price', name: 'name' },
  textSorts: ['name'],
  indexedFilters: ['category'],
};

/** The words by which products are found. */
export const PRODUCT_WORDS: LookupTable = { table: 'product_words', key: 'word', id: 'product_id' };

export const textOfProduct = ({ name, category, description }: ProductRow): string =>
  `${name} ${category} ${description ?? ''}`;

export const migrations: Migrations = {
  '0001-products': { up: createProducts },
  '0002-stock-reservations': {
    up: async (db) => {
      await createReservations(db);
      await createReservedItems(db);
    },
  },
  '0003-lists': {
    up: async (db) => {
      await createListIndexes(db, 'products', ['created_at', 'price', 'name'], ['category']);
      await createLookupTable(db, PRODUCT_WORDS, 'products');
      await addWordsOfAll(db, PRODUCT_WORDS, 'products', textOfProduct);
    },
  },
  // From before the kit did this itself.
  '0004-events': { up: (db) => createEventTables(db, 'product-service') },
  '0005-item-names': {
    up: (db) => db.schema.alterTable('stock_reservation_items').addColumn('name', 'text').execute(),
  },
  '0006-parked-index': { up: (db) => createEventTables(db, 'product-service') },
};

async function createProducts(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('products')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('description', 'text')
    .addColumn('category', 'text', (column) => column.notNull())
    .addColumn('price', 'integer', (column) => column.notNull())
    .addColumn('currency', 'text', (column) => column.notNull())
    .addColumn('stock', 'bigint', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    // A safeguard: all statements check the stock before they reduce it.
    .addCheckConstraint('products_stock_not_negative', sql`stock >= 0`)
    .execute();
  await db.schema.createIndex('products_category').on('products').columns(['category', 'id']).execute();
}

async function createReservations(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('stock_reservations')
    .addColumn('order_id', 'text', (column) => column.primaryKey())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute();
}

async function createReservedItems(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('stock_reservation_items')
    .addColumn('order_id', 'text', (column) => column.notNull())
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('product_id', 'text', (column) => column.notNull())
    .addColumn('quantity', 'integer', (column) => column.notNull())
    .addColumn('unit_price', 'integer', (column) => column.notNull())
    .addColumn('currency', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('stock_reservation_items_key', ['order_id', 'position'])
    .execute();
}
