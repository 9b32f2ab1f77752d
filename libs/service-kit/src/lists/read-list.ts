import type { Kysely } from 'kysely';
import { countList } from './count-list.js';
import { decodeCursor, encodeCursor, type Position } from './cursor.js';
import type { ListDefinition, ListFilters } from './list-definition.js';
import type { ListQueryDto } from './list-query.dto.js';
import {
  indexedRows,
  inOrder,
  matchingRows,
  positionOf,
  type AnyTables,
  type SortedRow,
} from './list-rows.js';
import { planWalk, type ListWalk } from './list-walk.js';
import { Page } from './page.js';

/**
 * Maximum number of rows that one page examines. A filter that no index serves may leave out all of them: then the
 * page is short, and its cursor continues after them.
 */
export const MAX_EXAMINED_ROWS = 10_000;

/** A query for a page, and what it selects. */
export interface ListRequest {
  readonly query: ListQueryDto;
  readonly filters: ListFilters;
}

/**
 * Reads the page that `query` asks for, in time that depends on the size of the page and not on that of the table.
 * @throws Problem `invalid-cursor` for a cursor that is not from an earlier page of the same list, filters and sort
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the type of the rows of the table that `list` names
export async function readList<Schema, Row, Item>(
  database: Kysely<Schema>,
  list: ListDefinition,
  { query, filters }: ListRequest,
  toItem: (row: Row) => Item,
): Promise<Page<Item>> {
  const db = database as unknown as Kysely<AnyTables>;
  const walk = planWalk(list, filters, query.sort);
  const after = decodeCursor(query.cursor, walk);
  const end = walk.residual.length > 0 ? await lastExamined(db, walk, after) : undefined;
  // One extra row shows whether there is a next page.
  const rows = (await pageRows(db, list, walk, query.limit + 1, after, end).execute()) as (Row & SortedRow)[];
  const page = rows.slice(0, query.limit);
  const next = rows.length > page.length ? positionOf(page.at(-1)) : end;
  const cursor = next ? encodeCursor(next, walk.binding) : null;
  const count = query.count && (await countList(db, list, filters, query.count));
  return new Page(page.map(toItem), cursor, count);
}

/** The query for the rows of a page. */
export const pageRows = (
  database: Kysely<AnyTables>,
  list: ListDefinition,
  walk: ListWalk,
  limit: number,
  after?: Position,
  end?: Position,
) =>
  inOrder(matchingRows(database, list, walk, after, end), walk)
    .selectAll(list.table)
    .limit(limit);

/** The row after which a page examines no further ones; `undefined` when fewer are left. */
async function lastExamined(
  database: Kysely<AnyTables>,
  walk: ListWalk,
  after: Position | undefined,
): Promise<Position | undefined> {
  const rows = inOrder(indexedRows(database, walk, after), walk)
    .limit(1)
    .offset(MAX_EXAMINED_ROWS - 1);
  return positionOf((await rows.executeTakeFirst()) as SortedRow | undefined);
}
