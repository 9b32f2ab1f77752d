import { sql, type Kysely, type SelectQueryBuilder } from 'kysely';
import type { Position } from './cursor.js';
import type { ListDefinition } from './list-definition.js';
import { between, equals, type Condition, type ListWalk } from './list-walk.js';

/** The tables of any service: lists address them by name. */
export type AnyTables = Record<string, Record<string, unknown>>;
export type Rows = SelectQueryBuilder<AnyTables, string, object>;

/** Rows of the list between two positions, without the ones that a residual condition leaves out. */
export function matchingRows(
  database: Kysely<AnyTables>,
  list: ListDefinition,
  walk: ListWalk,
  after?: Position,
  end?: Position,
): Rows {
  const { table, visible } = list;
  const { lookup } = walk;
  const from: Rows = lookup
    ? database
        .selectFrom(lookup.table)
        .innerJoin(table, (join) => join.onRef(`${table}.id`, '=', `${lookup.table}.${lookup.id}`))
    : database.selectFrom(table);
  return filtered(from, [
    ...between(walk, after, end),
    ...walk.residual,
    ...(visible ? [equals(table, visible.column, visible.value)] : []),
  ]);
}

/** Rows of the walk's index alone after a position. */
export const indexedRows = (database: Kysely<AnyTables>, walk: ListWalk, after?: Position): Rows =>
  filtered(database.selectFrom(walk.table), between(walk, after));

const filtered = (rows: Rows, conditions: readonly Condition[]): Rows =>
  conditions.reduce((query, condition) => query.where(condition), rows);

const NO_VALUE = sql<Position['value']>`null`;

/** Adds the order of the walk, and the members of a {@link Position} as `sort_value` and `sort_id`. */
export function inOrder(rows: Rows, { sortColumn, id, isDescending }: ListWalk): Rows {
  const direction = isDescending ? 'desc' : 'asc';
  const sorted = sortColumn ? rows.orderBy(sortColumn, direction) : rows;
  return sorted.orderBy(id, direction).select([(sortColumn ?? NO_VALUE).as('sort_value'), id.as('sort_id')]);
}

/** A row selected by {@link inOrder}. */
export interface SortedRow {
  readonly sort_value: Position['value'];
  readonly sort_id: string;
}

export const positionOf = (row: SortedRow | undefined): Position | undefined =>
  row && { value: row.sort_value, id: row.sort_id };
