import { isFixed } from '../../../policy/fixed-fields.js';
import type { Fields } from '../../exchange/stage.js';
import { fieldOf } from './field-lines.js';
import { TOKEN } from './grammar.js';

/** A field value without control characters (RFC 9110, section 5.5), one character per byte. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether a text can be the value of a field that a stage sets. */
export const isFieldValue = (text: string): boolean => VALUE.test(text);

const CRLF = '\r\n';

/**
 * Field lines that stages edit. Edits are text operations on the lines; nothing is parsed. Names are searched in a copy
 * of the lines in lower case, which is made once.
 */
export class EditableFields implements Fields {
  /** CRLF and {@link lines} in lower case: each name follows a CRLF. `undefined` until it is needed. */
  private lower: string | undefined = undefined;

  /** @param lines field lines, each with CRLF */
  constructor(private lines: string) {}

  get(name: string): string | undefined {
    const { start } = knownName(name);
    return this.searched.includes(start)
      ? fieldOf(CRLF + this.lines, start.slice(CRLF.length, -1))
      : undefined;
  }

  set(name: string, value: string): void {
    this.remove(name);
    this.append(name, value);
  }

  append(name: string, value: string): void {
    editable(name);
    if (!isFieldValue(value)) throw new TypeError(`invalid value of field ${name}`);
    const line = `${name}: ${value}\r\n`;
    this.lines += line;
    if (this.lower !== undefined) this.lower += line.toLowerCase();
  }

  remove(name: string): void {
    this.removeAll(editable(name).start);
  }

  removeSpellings(name: string): void {
    const { spellings } = editable(name);
    if (spellings === undefined) this.remove(name);
    else for (let at; (at = this.searched.search(spellings)) !== -1;) this.removeLine(at);
  }

  removePrefixed(prefix: string): void {
    this.removeAll(CRLF + prefix.toLowerCase());
  }

  /** The edited lines. */
  toString(): string {
    return this.lines;
  }

  private get searched(): string {
    return (this.lower ??= (CRLF + this.lines).toLowerCase());
  }

  private removeAll(start: string): void {
    for (let at; (at = this.searched.indexOf(start)) !== -1;) this.removeLine(at);
  }

  /** @param at position in {@link searched} of the CRLF before the line */
  private removeLine(at: number): void {
    const { searched } = this;
    const end = searched.indexOf(CRLF, at + CRLF.length);
    // The same positions in the lines are those of the next line: they have no CRLF before the first one.
    this.lines = this.lines.slice(0, at) + this.lines.slice(end);
    this.lower = searched.slice(0, at) + searched.slice(end);
  }
}

/** A field name that stages use, prepared for searches. */
interface KnownName {
  /** CRLF, the name in lower case and a colon. */
  readonly start: string;
  /** Matches the start of every spelling of the name; `undefined` if it has only one. */
  readonly spellings: RegExp | undefined;
  /** Why stages cannot edit the field. */
  readonly fault: string | undefined;
}

/** Names come from code and configuration; the bound is for a stage that makes them from requests. */
const MAX_KNOWN = 1000;
const known = new Map<string, KnownName>();

function knownName(name: string): KnownName {
  const found = known.get(name);
  if (found) return found;
  const added = prepare(name);
  if (known.size < MAX_KNOWN) known.set(name, added);
  return added;
}

function prepare(name: string): KnownName {
  const lower = name.toLowerCase();
  const isToken = TOKEN.test(name);
  const pattern = lower.replace(/[$*+.^|]/g, '\\$&').replace(/[-_]/g, '[-_]');
  return {
    start: `${CRLF}${lower}:`,
    spellings: isToken && /[-_]/.test(name) ? new RegExp(`\r\n${pattern}:`) : undefined,
    fault: !isToken
      ? `invalid field name ${JSON.stringify(name)}`
      : isFixed(lower)
        ? `a stage cannot change field ${name}`
        : undefined,
  };
}

/** @throws TypeError for a name that stages cannot edit */
function editable(name: string): KnownName {
  const found = knownName(name);
  if (found.fault !== undefined) throw new TypeError(found.fault);
  return found;
}
