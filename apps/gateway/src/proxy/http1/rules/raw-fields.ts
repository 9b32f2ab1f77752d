/** Fields as listed by node's parser: name, value, name, value, … */
export type RawFields = readonly string[];

/**
 * The value of the field `lowerName`; several are joined by ", ". Node's `headers` object may keep only the first.
 */
export function rawField(raw: RawFields, lowerName: string): string | undefined {
  let value: string | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    if (name.length !== lowerName.length || name.toLowerCase() !== lowerName) continue;
    value = value === undefined ? raw[i + 1] : `${value}, ${raw[i + 1] as string}`;
  }
  return value;
}
