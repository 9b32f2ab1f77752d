import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { validate as isUuid } from 'uuid';
import { IsText, MayBeAbsent } from '#contracts';
import { invalidCursor } from './storage.problems.js';

/** One page of a list. `nextCursor` is the cursor of the next page; `null` on the last page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** The query parameters of every list. */
export class PageQueryDto {
  /** Maximum number of items, 1 to 200. */
  @MayBeAbsent()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit = 50;

  /** `nextCursor` of the previous page, opaque to clients. */
  @MayBeAbsent()
  @IsText({ max: 512 })
  cursor?: string;
}

/** Start of a page, and the number of rows to read. Rows are ordered by `id`; `after` is `''` on the first page. */
export interface Keyset {
  readonly after: string;
  readonly limit: number;
}

/**
 * Reads one page of rows in the order of their ids, which are UUIDv7 and therefore in the order of creation. Reading
 * one extra row shows whether there is a next page.
 * @throws Problem `invalid-cursor` for a cursor that is not from an earlier page.
 */
export async function readPage<Row extends { readonly id: string }, Item>(
  query: PageQueryDto,
  read: (keyset: Keyset) => Promise<readonly Row[]>,
  toItem: (row: Row) => Item,
): Promise<Page<Item>> {
  const rows = await read({ after: decodeCursor(query.cursor), limit: query.limit + 1 });
  const page = rows.slice(0, query.limit);
  const last = rows.length > page.length ? page.at(-1) : undefined;
  return { items: page.map(toItem), nextCursor: last ? encodeCursor(last.id) : null };
}

const encodeCursor = (id: string): string => Buffer.from(id).toString('base64url');

function decodeCursor(cursor: string | undefined): string {
  if (cursor === undefined) return '';
  const id = Buffer.from(cursor, 'base64url').toString();
  if (!isUuid(id) || encodeCursor(id) !== cursor)
    throw invalidCursor('the cursor must be the nextCursor of an earlier page');
  return id;
}
