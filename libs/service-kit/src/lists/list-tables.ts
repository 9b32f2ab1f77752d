import type { Kysely } from 'kysely';
import type { LookupTable } from './list-definition.js';
import type { AnyTables } from './list-rows.js';
import { addWords, type SearchableRow } from './words.js';

/**
 * For a migration: creates the indexes of a list on `table`, one for each column in `sorts`, alone and after each
 * column in `filters`.
 */
export async function createListIndexes(
  db: Kysely<unknown>,
  table: string,
  sorts: readonly string[],
  filters: readonly string[] = [],
): Promise<void> {
  for (const sort of sorts)
    for (const columns of [[sort, 'id'], ...filters.map((filter) => [filter, sort, 'id'])])
      await db.schema
        .createIndex([table, ...columns.slice(0, -1)].join('_'))
        .on(table)
        .columns(columns)
        .execute();
}

/** For a migration: creates a table that refers to rows of the table `target`. Its rows are deleted with theirs. */
export async function createLookupTable(db: Kysely<unknown>, by: LookupTable, target: string): Promise<void> {
  const { table, key, id } = by;
  await db.schema
    .createTable(table)
    .addColumn(key, 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn(id, 'text', (column) => column.notNull().references(`${target}.id`).onDelete('cascade'))
    .addPrimaryKeyConstraint(`${table}_key`, [id, key])
    .execute();
  await db.schema.createIndex(`${table}_created_at`).on(table).columns([key, 'created_at', id]).execute();
}

const BATCH = 1000;

/** For a migration: makes the rows that exist found by their words. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the rows of a migration have no type
export async function addWordsOfAll<Row extends SearchableRow>(
  db: Kysely<unknown>,
  by: LookupTable,
  target: string,
  textOf: (row: Row) => string,
): Promise<void> {
  const rows = (db as Kysely<AnyTables>).selectFrom(target).selectAll().orderBy('id').limit(BATCH);
  for (let after = ''; ;) {
    const batch = (await rows.where('id', '>', after).execute()) as unknown as Row[];
    await addWords(db, by, batch, textOf);
    const last = batch.at(-1);
    if (!last) return;
    after = last.id;
  }
}
