import { headTooLarge } from '../../problems.js';
import { FIELD_LINE, trimmed } from './grammar.js';

/** Most field lines of one head. */
export const MAX_FIELDS = 100;

/** Takes note of a field that has a meaning for the gateway; says whether its line passes on nevertheless. */
export type FieldTaker<H> = (head: H, value: string, line: string) => boolean;

/** Finds who takes note of a field, by its name in lower case. */
export interface FieldTakers<H> {
  get(name: string): FieldTaker<H> | undefined;
}

/** Makes the error that a line outside the grammar is refused with. */
export type Refusal = (detail: string) => Error;

const AFTER_LINE = '\r\n'.length;

/**
 * Checks every field line of `text` from `at` to the empty line, gives those that `takers` knows (by lower-case name) to
 * their taker, and answers the lines that pass on, joined. Runs of lines that nobody takes are cut out as one piece.
 * @throws what `invalid` makes, for a line outside the grammar; Problem 431 for too many lines
 */
export function eachField<H>(
  text: string,
  at: number,
  takers: FieldTakers<H>,
  head: H,
  invalid: Refusal,
): string {
  const end = text.length - AFTER_LINE;
  let passing = '';
  let runStart = at;
  for (let line = at, count = 1; line < end; count += 1) {
    if (count > MAX_FIELDS) throw headTooLarge(`the head has more than ${MAX_FIELDS} fields`);
    const next = endOfLine(text, line, invalid);
    const taker = takers.get(nameAt(text, line));
    if (taker && !taker(head, valueAt(text, line, next), text.slice(line, next))) {
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
 * The value of the field `name` (lower case) in a valid head; several fields of that name joined by ", ", as Node does.
 * For look-ups that few requests need: it searches the text.
 */
export function fieldOf(text: string, name: string): string | undefined {
  const lower = text.toLowerCase();
  const wanted = `\r\n${name}:`;
  let value: string | undefined;
  for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, at + 2)) {
    const one = trimmed(text, at + wanted.length, text.indexOf('\r\n', at + 2));
    value = value === undefined ? one : `${value}, ${one}`;
  }
  return value;
}

/** `fields` (lines with CRLF) without those whose name is in `names`. */
export function withoutFields(fields: string, names: ReadonlySet<string>): string {
  return fields
    .split('\r\n')
    .filter((line) => line !== '' && !names.has(line.slice(0, line.indexOf(':')).toLowerCase()))
    .map((line) => `${line}\r\n`)
    .join('');
}
