import type { Kysely } from 'kysely';

/** Work on data from before events, as it is at this migration. */
const NAMES = ['product-copies', 'deleted-users'];

/** Adds the confirmation of an operator, and the time up to which a backfill makes up for missing events. */
export async function addBackfillConfirmation(db: Kysely<unknown>): Promise<void> {
  const table = db.schema.alterTable('order_backfills');
  await table.addColumn('confirmed', 'integer', (column) => column.notNull().defaultTo(0)).execute();
  await table.addColumn('created_at', 'bigint', (column) => column.notNull().defaultTo(Date.now())).execute();
}

/** Adds the progress of work that each store needs once. */
export async function addBackfills(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('order_backfills')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('position', 'text')
    .addColumn('owner', 'text')
    .addColumn('leased_until', 'bigint', (column) => column.notNull())
    .addColumn('done_at', 'bigint')
    .execute();
  const rows = NAMES.map((name) => ({ name, position: null, owner: null, leased_until: 0, done_at: null }));
  await (db as Kysely<{ readonly order_backfills: (typeof rows)[number] }>)
    .insertInto('order_backfills')
    .values(rows)
    .execute();
}
