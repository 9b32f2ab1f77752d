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
    this.fields = lines
      .split('\r\n')
      .slice(0, -1)
      .map((text) => {
        const colon = text.indexOf(':');
        const value = withoutOuterSpace(text.slice(colon + 1));
        return { name: text.slice(0, colon).toLowerCase(), value, line: `${text}\r\n` };
      });
  }

  has(name: string): boolean {
    return this.fields.some((field) => field.name === name);
  }

  /** The value of the field; several fields of that name are joined by ", ". */
  get(name: string): string | undefined {
    const values = this.fields.filter((field) => field.name === name).map(({ value }) => value);
    return values.length > 0 ? values.join(', ') : undefined;
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

const isSpace = (code: number): boolean => code === 0x20 || code === 0x09;

/** `text` without spaces and tabs at its ends. Other white space belongs to a value; long spaces take no more time. */
export function withoutOuterSpace(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
