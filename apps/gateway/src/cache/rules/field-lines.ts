const CRLF = '\r\n';

/** Names of header fields, in lower case. */
interface FieldNames {
  has(lowerName: string): boolean;
}

/** A field of a response. */
interface Field {
  /** In lower case. */
  readonly name: string;
  readonly value: string;
  /** As received, with CRLF. */
  readonly line: string;
}

/** The field lines of a response, each with CRLF, by name. Names are given in lower case. */
export class FieldLines {
  private readonly fields: readonly Field[];

  constructor(lines: string) {
    const fields: Field[] = [];
    for (let start = 0, end = 0; (end = lines.indexOf(CRLF, start)) !== -1; start = end + CRLF.length)
      fields.push(fieldOf(lines.slice(start, end + CRLF.length)));
    this.fields = fields;
  }

  has(name: string): boolean {
    return this.fields.some((field) => field.name === name);
  }

  /** The value of the field; several fields of that name are joined by ", ". */
  get(name: string): string | undefined {
    let found: string | undefined;
    for (const field of this.fields)
      if (field.name === name) found = found === undefined ? field.value : `${found}, ${field.value}`;
    return found;
  }

  /** The lines whose names are not in `names`. */
  without(names: FieldNames): string {
    return this.joined((name) => !names.has(name));
  }

  /** These lines, with those of `newer` in place of fields of the same name, except fields in `kept`. */
  updatedBy(newer: FieldLines, kept: FieldNames): string {
    const isReplaced = (name: string): boolean => newer.has(name) && !kept.has(name);
    return this.joined((name) => !isReplaced(name)) + newer.without(kept);
  }

  private joined(isWanted: (name: string) => boolean): string {
    return this.fields.reduce((lines, { name, line }) => (isWanted(name) ? lines + line : lines), '');
  }
}

function fieldOf(line: string): Field {
  const colon = line.indexOf(':');
  const value = withoutOuterSpace(line.slice(colon + 1, -CRLF.length));
  return { name: line.slice(0, colon).toLowerCase(), value, line };
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x09;

/** `text` without spaces and tabs at its ends. Other white space belongs to a value; long spaces take no more time. */
export function withoutOuterSpace(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
