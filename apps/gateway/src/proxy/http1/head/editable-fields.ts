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
  /** CRLF and the first part of {@link lines} in lower case; see {@link searched}. */
  private lower = CRLF;

  /** @param lines field lines, each with CRLF */
  constructor(private lines: string) {}

  get(name: string): string | undefined {
    const { start } = knownName(name);
    const { searched } = this;
    if (!searched.includes(start)) return undefined;
    return fieldOf(CRLF + this.lines, start.slice(CRLF.length, -1), searched);
  }

  set(name: string, value: string): void {
    this.remove(name);
    this.append(name, value);
  }

  append(name: string, value: string): void {
    const field = editable(name);
    if (value !== field.value) {
      if (!isFieldValue(value)) throw new TypeError(`invalid value of field ${name}`);
      field.value = value;
      field.line = `${name}: ${value}\r\n`;
    }
    this.lines += field.line;
  }

  appendLine(line: string): void {
    this.lines += line;
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
    this.removeAll(knownName(prefix).prefix);
  }

  /** The edited lines. */
  toString(): string {
    return this.lines;
  }

  /** CRLF and the lines in lower case: each name follows a CRLF. Added lines join them when they are searched. */
  private get searched(): string {
    const missing = this.lower.length - CRLF.length;
    if (missing < this.lines.length) this.lower += this.lines.slice(missing).toLowerCase();
    return this.lower;
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
  /** CRLF and the name in lower case. */
  readonly prefix: string;
  /** {@link prefix} and a colon. */
  readonly start: string;
  /** Matches the start of every spelling of the name; `undefined` if it has only one. */
  readonly spellings: RegExp | undefined;
  /** Why stages cannot edit the field. */
  readonly fault: string | undefined;
  /** The last value, which is the next one where it is constant, and its line. */
  value: string | undefined;
  line: string;
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
  // As in `spelled`.
  const pattern = lower.replace(/[^a-z0-9]/g, '[^a-z0-9:\\r\\n]');
  return {
    prefix: CRLF + lower,
    start: `${CRLF}${lower}:`,
    spellings: isToken && /[^a-z0-9]/.test(lower) ? new RegExp(`\r\n${pattern}:`) : undefined,
    fault: !isToken
      ? `invalid field name ${JSON.stringify(name)}`
      : isFixed(lower)
        ? `a stage cannot change field ${name}`
        : undefined,
    value: undefined,
    line: '',
  };
}

/** @throws TypeError for a name that stages cannot edit */
function editable(name: string): KnownName {
  const found = knownName(name);
  if (found.fault !== undefined) throw new TypeError(found.fault);
  return found;
}
