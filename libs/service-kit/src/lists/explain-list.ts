import { CompiledQuery, type Kysely } from 'kysely';
import { isPostgres } from '../storage/database-now.js';
import type { ListDefinition, ListFilters } from './list-definition.js';
import { indexedRows, inOrder, positionOf, type AnyTables, type Rows, type SortedRow } from './list-rows.js';
import { planWalk } from './list-walk.js';
import { pageRows } from './read-list.js';

/** What a plan must not have: reading a whole table, or sorting what was read. */
const SLOW: Readonly<Record<'postgres' | 'embedded', RegExp>> = {
  postgres: /Seq Scan|Sort\b/,
  // "SCAN t USING INDEX" reads an index in order, up to the limit.
  embedded: /SCAN (?!.* USING (COVERING )?INDEX)|TEMP B-TREE/,
};

/**
 * For tests of a service: the steps of the store's plans, for the first page of a list and for one after `offset` rows,
 * that take longer in a larger table. Empty if an index serves the list.
 */
export async function slowStepsOf<Schema>(
  database: Kysely<Schema>,
  list: ListDefinition,
  request: { readonly filters: ListFilters; readonly sort: string | undefined; readonly offset: number },
): Promise<readonly string[]> {
  const db = database as unknown as Kysely<AnyTables>;
  const walk = planWalk(list, request.filters, request.sort);
  const rows = inOrder(indexedRows(db, walk), walk).limit(1).offset(request.offset);
  const after = positionOf((await rows.executeTakeFirst()) as SortedRow | undefined);
  const pages = [pageRows(db, list, walk, 51), pageRows(db, list, walk, 51, after)];
  const steps = (await Promise.all(pages.map((page) => stepsOf(db, page)))).flat();
  return steps.filter((step) => SLOW[isPostgres(database) ? 'postgres' : 'embedded'].test(step));
}

/** The steps of the store's plan for `rows`. The embedded store's `explain` without `query plan` has bytecode. */
async function stepsOf(database: Kysely<AnyTables>, rows: Rows): Promise<readonly string[]> {
  const { sql, parameters } = rows.compile();
  const [prefix, column] = isPostgres(database)
    ? ['explain', 'QUERY PLAN']
    : ['explain query plan', 'detail'];
  const query = CompiledQuery.raw(`${prefix} ${sql}`, [...parameters]);
  const plan = await database.executeQuery<Record<string, string>>(query);
  return plan.rows.map((step) => step[column] ?? '');
}
