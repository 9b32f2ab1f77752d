import type { Kysely } from 'kysely';

/** Adds the names of products. */
export async function addProductCopies(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('product_copies')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .execute();
}
