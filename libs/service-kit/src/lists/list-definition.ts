/**
 * A list of the rows of one table. The table has the columns `id` and `created_at`; neither changes, and `createdAt`
 * is one of the sorts.
 */
export interface ListDefinition {
  readonly table: string;
  /** The columns by which clients can sort, by member name. Each has an index `(column, id)`. */
  readonly sorts: Readonly<Record<string, string>> & { readonly createdAt: 'created_at' };
  /** The members in `sorts` whose column has text; the other columns have whole numbers. */
  readonly textSorts?: readonly string[];
  /**
   * Columns of filters with an index `(filter, column, id)` for every sort, the most selective first. A column with
   * unique values needs only its unique index.
   */
  readonly indexedFilters: readonly string[];
  /** The value that a column has in all rows that clients see; few rows have another one. */
  readonly visible?: { readonly column: string; readonly value: number };
}

/**
 * A table that refers to rows of a list by a key, such as the words of their names. It has the columns `key`,
 * `created_at` and `id`; the latter two are those of the row. Its indexes are `(key, created_at, id)` and `(id, key)`.
 */
export interface LookupTable {
  readonly table: string;
  readonly key: string;
  readonly id: string;
}

/** Both bounds are inclusive. */
export interface ListRange {
  readonly min: number | undefined;
  readonly max: number | undefined;
}

/** Keys by which a lookup table refers to rows. */
export interface Lookup {
  readonly by: LookupTable;
  readonly keys: readonly string[];
}

/** What a request selects from a list. An `undefined` value selects nothing. */
export interface ListFilters {
  /** The part of the path that names the list, such as the user of `/orders/user/{userId}`. It is an indexed filter. */
  readonly scope?: Readonly<Record<string, string>>;
  /** Columns and their values. */
  readonly equal?: Readonly<Record<string, string | undefined>>;
  /** Bounds by the member name of a sort. */
  readonly ranges?: Readonly<Record<string, ListRange>>;
  /** Only rows to which a lookup table refers by all of these keys. */
  readonly lookup?: Lookup | undefined;
}
