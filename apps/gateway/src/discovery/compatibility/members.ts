/** Readers for bodies of other registries' protocols, whose clients spell the same value in several types. */

export type Members = Readonly<Record<string, unknown>>;

const NONE: Members = {};

/** `value` if it is an object, else an object without members. */
export const membersOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : NONE;

/** A string, number or boolean as text; `undefined` for an empty text and for everything else. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** A whole number from a number or a text of digits. */
export function integerOf(value: unknown): number | undefined {
  const text = textOf(value);
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** The members that have a text, except `@class`, by which Jackson names the type of a Java map. */
export const textsOf = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(membersOf(value)).flatMap(([key, member]) => {
      const text = key === '@class' ? undefined : textOf(member);
      return text === undefined ? [] : [[key, text]];
    }),
  );
