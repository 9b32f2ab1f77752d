import type { Kysely } from 'kysely';
import type { LookupTable } from './list-definition.js';
import type { AnyTables } from './list-rows.js';

/** Words of one text that are found; the limit bounds the cost of a write. */
const MAX_WORDS = 200;
/** Characters. */
const MAX_WORD_LENGTH = 64;

/**
 * The different words of `text`: letters and digits without regard to case, the longest first. Searching by the
 * longest word first leaves the fewest rows for the others to leave out.
 */
export function wordsOf(text: string): readonly string[] {
  // Upper case first: this folds letters with several lower-case forms.
  const folded = text.normalize('NFKC').toUpperCase().toLowerCase();
  const words = new Set(folded.match(/[\p{L}\p{M}\p{N}]+/gu)?.map(shortened));
  return [...words].slice(0, MAX_WORDS).sort((a, b) => b.length - a.length);
}

/** Cut between characters: half of a surrogate pair is stored as another character. */
const shortened = (word: string): string =>
  word.length <= MAX_WORD_LENGTH ? word : Array.from(word).slice(0, MAX_WORD_LENGTH).join('');

/** A row of a list, and the text by which it is found. */
export interface SearchableRow {
  readonly id: string;
  readonly created_at: number;
}

// PostgreSQL accepts 65,535 parameters in a statement, SQLite 32,766.
const ROWS_PER_STATEMENT = 5000;

/** Makes `rows` found by the words of their texts. Call it in the transaction that writes them. */
export async function addWords<Row extends SearchableRow, Schema>(
  database: Kysely<Schema>,
  by: LookupTable,
  rows: readonly Row[],
  textOf: (row: Row) => string,
): Promise<void> {
  const entries = rows.flatMap((row) =>
    wordsOf(textOf(row)).map((word) => ({ [by.key]: word, created_at: row.created_at, [by.id]: row.id })),
  );
  for (let start = 0; start < entries.length; start += ROWS_PER_STATEMENT)
    await (database as unknown as Kysely<AnyTables>)
      .insertInto(by.table)
      .values(entries.slice(start, start + ROWS_PER_STATEMENT))
      .execute();
}

/** Like {@link addWords}, for a row whose text has changed. */
export async function replaceWords<Row extends SearchableRow, Schema>(
  database: Kysely<Schema>,
  by: LookupTable,
  row: Row,
  textOf: (row: Row) => string,
): Promise<void> {
  const tables = database as unknown as Kysely<AnyTables>;
  await tables.deleteFrom(by.table).where(by.id, '=', row.id).execute();
  await addWords(database, by, [row], textOf);
}
