/** Fields as node's parser lists them: name, value, name, value, … */
export type RawFields = readonly string[];

/** The value of the field `lowerName`; several of that name joined by ", ", of which node's own object may leave out all but the first. */
export function rawField(raw: RawFields, lowerName: string): string | undefined {
  let value: string | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    if (name.length !== lowerName.length || name.toLowerCase() !== lowerName) continue;
    value = value === undefined ? raw[i + 1] : `${value}, ${raw[i + 1] as string}`;
  }
  return value;
}
