import type { Kysely } from 'kysely';
import { isPostgres } from '../storage/database-now.js';
import type { ListDefinition, ListFilters } from './list-definition.js';
import { indexedRows, inOrder, positionOf, type AnyTables, type SortedRow } from './list-rows.js';
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
  const plans = [
    await pageRows(db, list, walk, 51).explain(),
    await pageRows(db, list, walk, 51, after).explain(),
  ];
  const steps = plans.flat().map((step) => String(step.detail ?? step['QUERY PLAN']));
  return steps.filter((step) => SLOW[isPostgres(database) ? 'postgres' : 'embedded'].test(step));
}
