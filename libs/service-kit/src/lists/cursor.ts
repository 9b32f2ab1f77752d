import { createHash } from 'node:crypto';
import { validate as isUuid } from 'uuid';
import { invalidCursor } from './lists.problems.js';

/** The last row of a page: its value in the column of the sort, and its id. */
export interface Position {
  /** `null` in a list in the order of its ids. */
  readonly value: string | number | null;
  readonly id: string;
}

const CHECKSUM_LENGTH = 16;

/** Covers the request for the list too, so that a cursor fits no other list, filters or sort. */
const checksumOf = (binding: string, { value, id }: Position): string =>
  createHash('sha256')
    .update(JSON.stringify([binding, value, id]))
    .digest('base64url')
    .slice(0, CHECKSUM_LENGTH);

const encode = (text: string): string => Buffer.from(text).toString('base64url');

/**
 * The cursor of the page after `position`.
 * @param binding the list, filters and sort as text; `undefined` for a list with neither, whose cursors hold only the
 * id, as they did before lists had filters
 */
export const encodeCursor = (position: Position, binding: string | undefined): string =>
  binding === undefined
    ? encode(position.id)
    : encode(JSON.stringify([checksumOf(binding, position), position.value, position.id]));

/** What a list decides about its cursors. */
export interface CursorTerms {
  readonly binding: string | undefined;
  /** The sort column has text; otherwise whole numbers. */
  readonly isText: boolean;
}

/**
 * The position in `cursor`; `undefined` without a cursor.
 * @throws Problem `invalid-cursor` for a cursor that was not made for the same `binding`
 */
export function decodeCursor(
  cursor: string | undefined,
  { binding, isText }: CursorTerms,
): Position | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString();
  const position = binding === undefined ? { value: null, id: text } : positionIn(text);
  if (!position || !isUuid(position.id) || encodeCursor(position, binding) !== cursor) throw invalidCursor();
  // Anyone can compute the checksum. A store may fail on a value that is not of the column's kind.
  if (binding !== undefined && !isStorable(position.value, isText)) throw invalidCursor();
  return position;
}

const isStorable = (value: unknown, isText: boolean): boolean =>
  isText ? typeof value === 'string' && !/[\0\p{Surrogate}]/u.test(value) : Number.isSafeInteger(value);

function positionIn(text: string): Position | undefined {
  try {
    const [, value, id] = JSON.parse(text) as [unknown, Position['value'], string];
    return { value, id };
  } catch {
    return undefined;
  }
}
