import type { Kysely } from 'kysely';

/** Work on data from before events, as it is at this migration. */
const NAMES = ['product-copies', 'deleted-users'];

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
