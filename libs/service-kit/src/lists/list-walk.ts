import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { Position } from './cursor.js';
import type { ListDefinition, ListFilters, ListRange, Lookup, LookupTable } from './list-definition.js';

export type Condition = RawBuilder<SqlBool>;

/** The index along which a list is read. */
export interface ListWalk {
  /** The table with the index: that of the list, or the lookup table. */
  readonly table: string;
  /** The lookup table, if the index is one of it. */
  readonly lookup: LookupTable | undefined;
  /** The column of the sort; `undefined` in the order of ids. */
  readonly sortColumn: RawBuilder<string | number | null> | undefined;
  readonly id: RawBuilder<string>;
  readonly isDescending: boolean;
  /** Conditions on the first column of the index. */
  readonly start: readonly Condition[];
  /** Bounds of the sort column. */
  readonly range: ListRange | undefined;
  /** Conditions that the index does not serve: rows are read and left out. */
  readonly residual: readonly Condition[];
  /** List, filters and sort as text; `undefined` in the order of ids. */
  readonly binding: string | undefined;
  /** The sort column has text; otherwise whole numbers. */
  readonly isText: boolean;
}

export const equals = (table: string, column: string, value: string | number): Condition =>
  sql`${sql.ref(`${table}.${column}`)} = ${value}`;

/** @param sort as in the request; without it, the filters decide the order */
export function planWalk(list: ListDefinition, filters: ListFilters, sort: string | undefined): ListWalk {
  const member = sort?.replace(/^-/, '') ?? defaultSort(filters);
  const { [member ?? '']: range, ...otherRanges } = filters.ranges ?? {};
  const { lookup } = filters;
  const index = lookup && member === 'createdAt' ? lookupIndex(lookup, filters) : tableIndex(list, filters);
  const table = index.lookup?.table ?? list.table;
  return {
    table,
    lookup: index.lookup,
    sortColumn: member === undefined ? undefined : columnOf(list, member, table),
    id: sql.ref(`${table}.${index.lookup?.id ?? 'id'}`),
    isDescending: sort?.startsWith('-') === true,
    start: index.start,
    range,
    residual: conditionsOf(list, index.others, otherRanges, index.otherKeys),
    // In the order of ids, any position is one of any scope.
    binding: member === undefined ? undefined : JSON.stringify([list.table, sort, filters]),
    isText: member !== undefined && list.textSorts?.includes(member) === true,
  };
}

/** The conditions that an index serves, and the others. */
interface IndexChoice {
  readonly lookup?: LookupTable;
  readonly start: readonly Condition[];
  readonly others: Equalities;
  readonly otherKeys: Lookup | undefined;
}

function lookupIndex({ by, keys }: Lookup, filters: ListFilters): IndexChoice {
  const [first = '', ...otherKeys] = keys;
  return {
    lookup: by,
    start: [equals(by.table, by.key, first)],
    others: equalitiesOf(filters),
    otherKeys: { by, keys: otherKeys },
  };
}

function tableIndex({ table, indexedFilters }: ListDefinition, filters: ListFilters): IndexChoice {
  const equalities = equalitiesOf(filters);
  const column = indexedFilters.find((name) => name in equalities) ?? '';
  const { [column]: values = [], ...others } = equalities;
  return { start: values.map((value) => equals(table, column, value)), others, otherKeys: filters.lookup };
}

const columnOf = ({ table, sorts }: ListDefinition, member: string, of = table) =>
  sql.ref<string | number | null>(`${of}.${sorts[member] ?? member}`);

/** All that `filters` select, as conditions on the table of the list. */
export const allConditions = (list: ListDefinition, filters: ListFilters): readonly Condition[] =>
  conditionsOf(list, equalitiesOf(filters), filters.ranges ?? {}, filters.lookup);

type Equalities = Readonly<Record<string, readonly string[]>>;

const conditionsOf = (
  list: ListDefinition,
  equalities: Equalities,
  ranges: Readonly<Record<string, ListRange>>,
  lookup: Lookup | undefined,
): readonly Condition[] => [
  ...Object.entries(equalities).flatMap(([column, values]) =>
    values.map((value) => equals(list.table, column, value)),
  ),
  ...Object.entries(ranges).flatMap(([member, range]) => boundsOf(columnOf(list, member), range)),
  ...(lookup?.keys.map((key) => refersTo(list, lookup.by, key)) ?? []),
];

/** The member by which a filtered list is sorted, unless the request says otherwise. */
function defaultSort({ equal = {}, ranges = {}, lookup }: ListFilters): string | undefined {
  if (lookup) return 'createdAt';
  const [bounded] = Object.entries(ranges).find(([, range]) => isBounded(range)) ?? [];
  if (bounded !== undefined) return bounded;
  return Object.values(equal).some((value) => value !== undefined) ? 'createdAt' : undefined;
}

const isBounded = ({ min, max }: ListRange): boolean => min !== undefined || max !== undefined;

/** The values that each filtered column must have; a column of scope and query has two. */
function equalitiesOf({ scope = {}, equal = {} }: ListFilters): Equalities {
  const values: Record<string, string[]> = {};
  for (const [column, value] of [...Object.entries(scope), ...Object.entries(equal)])
    if (value !== undefined) (values[column] ??= []).push(value);
  return values;
}

/** Conditions for `column` to be within `range`. */
const boundsOf = (column: RawBuilder<unknown>, { min, max }: ListRange): readonly Condition[] => [
  ...(min === undefined ? [] : [sql<SqlBool>`${column} >= ${min}`]),
  ...(max === undefined ? [] : [sql<SqlBool>`${column} <= ${max}`]),
];

const refersTo = ({ table }: ListDefinition, by: LookupTable, key: string): Condition =>
  sql`exists (select 1 from ${sql.table(by.table)} where ${sql.ref(`${by.table}.${by.id}`)} = ${sql.ref(
    `${table}.id`,
  )} and ${equals(by.table, by.key, key)})`;

/**
 * Conditions for the rows after `position`, up to and including `end`. A bound of the range that they imply is left
 * out: the store could use it in place of the position, and would read all rows before the position.
 */
export function between(walk: ListWalk, position?: Position, end?: Position): readonly Condition[] {
  const [lower, upper] = walk.isDescending ? [end, position] : [position, end];
  const { min, max } = walk.range ?? {};
  return [
    ...walk.start,
    ...(position ? [compared(walk, walk.isDescending ? '<' : '>', position)] : []),
    ...(end ? [compared(walk, walk.isDescending ? '>=' : '<=', end)] : []),
    ...(walk.sortColumn
      ? boundsOf(walk.sortColumn, { min: lower ? undefined : min, max: upper ? undefined : max })
      : []),
  ];
}

function compared({ sortColumn, id }: ListWalk, operator: string, position: Position): Condition {
  const compare = sql.raw(operator);
  const { value } = position;
  // A number may be larger than the column's type: PostgreSQL would refuse it as a parameter of that type.
  const parameter = typeof value === 'number' ? sql`cast(${value} as bigint)` : sql`${value}`;
  // Row values: stores continue in the index at the exact row, also among rows of equal value.
  return sortColumn
    ? sql`(${sortColumn}, ${id}) ${compare} (${parameter}, ${position.id})`
    : sql`${id} ${compare} ${position.id}`;
}
