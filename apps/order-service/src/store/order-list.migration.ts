import { sql, type Kysely } from 'kysely';
import { createListIndexes, createLookupTable, isPostgres, type LookupTable } from '#service-kit';

/** The orders of a product. The database adds the rows when an order is inserted. */
export const ORDER_PRODUCTS: LookupTable = { table: 'order_products', key: 'product_id', id: 'order_id' };

/** Adds what filtered and sorted lists of orders need. */
export async function addOrderLists(db: Kysely<unknown>): Promise<void> {
  // A column, because SQLite does not continue in an index of an expression. Orders without a total come before all.
  const stored = isPostgres(db) ? sql`stored` : sql`virtual`;
  await sql`alter table orders add column sort_total bigint
            generated always as (coalesce(total, -1)) ${stored}`.execute(db);
  await createListIndexes(db, 'orders', ['created_at', 'sort_total'], ['user_id', 'status']);
  await createLookupTable(db, ORDER_PRODUCTS, 'orders');
  await (isPostgres(db) ? addProductsPostgres(db) : addProductsEmbedded(db));
}

// Triggers, so that orders of a previous version, which runs beside this one during an upgrade, are found too.

async function addProductsPostgres(db: Kysely<unknown>): Promise<void> {
  await sql`insert into order_products (product_id, created_at, order_id)
            select item ->> 'productId', created_at, id
            from orders, jsonb_array_elements(items::jsonb) as item`.execute(db);
  await sql`create function add_order_products() returns trigger language plpgsql as $$
            begin
              insert into order_products (product_id, created_at, order_id)
              select item ->> 'productId', new.created_at, new.id
              from jsonb_array_elements(new.items::jsonb) as item;
              return null;
            end $$`.execute(db);
  await sql`create trigger order_products after insert on orders
            for each row execute function add_order_products()`.execute(db);
}

async function addProductsEmbedded(db: Kysely<unknown>): Promise<void> {
  await sql`insert into order_products (product_id, created_at, order_id)
            select json_extract(item.value, '$.productId'), orders.created_at, orders.id
            from orders, json_each(orders.items) as item`.execute(db);
  await sql`create trigger order_products_of_new after insert on orders begin
              insert into order_products (product_id, created_at, order_id)
              select json_extract(item.value, '$.productId'), new.created_at, new.id
              from json_each(new.items) as item;
            end`.execute(db);
}
