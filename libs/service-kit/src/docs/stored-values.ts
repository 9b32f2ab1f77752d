/** Values of stored items, by the text that stands for them in examples; `undefined`: no such item is stored. */
export type StoredValues = Readonly<Record<string, string | undefined>>;

/** The text that stands in examples for an id from a list, such as `an id from GET /users`. */
export const idFrom = (list: string): string => `an id from GET ${list}`;

/**
 * A copy of `document` whose examples have the ids of stored items: a reader can send them as they are. A text without
 * a value stays, and says where to find one.
 */
export const withStoredValues = <T extends object>(document: T, values: StoredValues): T =>
  JSON.parse(JSON.stringify(document), (_key, member: unknown) =>
    typeof member === 'string' && Object.hasOwn(values, member) ? (values[member] ?? member) : member,
  ) as T;
