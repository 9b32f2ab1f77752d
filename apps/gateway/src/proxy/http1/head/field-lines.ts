import type { FieldNames } from '../../exchange/stage.js';
import { headTooLarge } from '../../exchange/problems.js';
import { FIELD_LINE, trimmed } from './grammar.js';

/** Maximum number of field lines in one head. */
export const MAX_FIELDS = 100;

/** Stores a field that the gateway interprets. Returns whether its line is forwarded nevertheless. */
export type FieldHandler<H> = (head: H, value: string, line: string) => boolean;

/** Looks up the handler of a field by its lower-case name. */
export interface FieldHandlers<H> {
  get(name: string): FieldHandler<H> | undefined;
}

/** Creates the error for a line that violates the grammar. */
export type Refusal = (detail: string) => Error;

const AFTER_LINE = '\r\n'.length;

/**
 * Checks every field line of `text` from `at` to the empty line and passes each field with an entry in `handlers` to
 * its handler. Consecutive lines without a handler are sliced as one piece.
 * @returns the lines to forward, joined
 * @throws the error from `invalid` for a line that violates the grammar; Problem 431 for too many lines
 */
export function eachField<H>(
  text: string,
  at: number,
  handlers: FieldHandlers<H>,
  head: H,
  invalid: Refusal,
): string {
  const end = text.length - AFTER_LINE;
  let passing = '';
  let runStart = at;
  for (let line = at, count = 1; line < end; count += 1) {
    if (count > MAX_FIELDS) throw headTooLarge(`the head has more than ${MAX_FIELDS} fields`);
    const next = endOfLine(text, line, invalid);
    const handler = handlers.get(nameAt(text, line));
    if (handler && !handler(head, valueAt(text, line, next), text.slice(line, next))) {
      passing += text.slice(runStart, line);
      runStart = next;
    }
    line = next;
  }
  return passing + text.slice(runStart, end);
}

function endOfLine(text: string, line: number, invalid: Refusal): number {
  FIELD_LINE.lastIndex = line;
  if (!FIELD_LINE.test(text)) throw invalid('a field line is not valid');
  return FIELD_LINE.lastIndex;
}

const nameAt = (text: string, line: number): string =>
  text.slice(line, text.indexOf(':', line)).toLowerCase();

const valueAt = (text: string, line: number, next: number): string =>
  trimmed(text, text.indexOf(':', line) + 1, next - AFTER_LINE);

/**
 * The value of the field `name` (lower case) in a valid head; several fields of that name are joined by ", ", as in
 * Node. It searches the whole text, so use it only for fields that few requests need.
 * @param lower the text in lower case
 */
export function fieldOf(text: string, name: string, lower = text.toLowerCase()): string | undefined {
  const wanted = `\r\n${name}:`;
  let value: string | undefined;
  for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, at + 2)) {
    const one = trimmed(text, at + wanted.length, text.indexOf('\r\n', at + 2));
    value = value === undefined ? one : `${value}, ${one}`;
  }
  return value;
}

/** `fields` (lines with CRLF) without the fields whose lower-case name is in `names`. */
export function withoutFields(fields: string, names: FieldNames): string {
  let kept = '';
  let runStart = 0;
  for (let line = 0; line < fields.length;) {
    const end = fields.indexOf('\r\n', line);
    const next = end === -1 ? fields.length : end + AFTER_LINE;
    if (names.has(nameAt(fields, line))) {
      kept += fields.slice(runStart, line);
      runStart = next;
    }
    line = next;
  }
  return runStart === 0 ? fields : kept + fields.slice(runStart);
}
