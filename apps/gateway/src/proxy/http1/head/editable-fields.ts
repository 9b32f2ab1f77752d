import { INSTANCE_TOKEN_HEADER, REQUEST_TIMEOUT_HEADER } from '#contracts';
import { REQUEST_ID_HEADER } from '#service-kit';
import type { Fields } from '../../exchange/stage.js';
import { describesOrigin, HOP_BY_HOP } from '../rules/field-names.js';
import { fieldOf, withoutFields } from './field-lines.js';
import { TOKEN } from './grammar.js';

/** A field value without control characters (RFC 9110, section 5.5), one character per byte. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Fields of the connection and of the framing, and those that the gateway itself sets. */
const FIXED: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  'content-length',
  'date',
  'expect',
  'host',
  'trailer',
  'via',
  REQUEST_ID_HEADER,
  REQUEST_TIMEOUT_HEADER,
  INSTANCE_TOKEN_HEADER,
]);

/** Field lines that stages edit. Edits are text operations, so the lines need no parsing unless one is removed. */
export class EditableFields implements Fields {
  /** @param lines field lines, each with CRLF */
  constructor(private lines: string) {}

  get(name: string): string | undefined {
    return fieldOf(`\r\n${this.lines}`, name.toLowerCase());
  }

  set(name: string, value: string): void {
    this.remove(name);
    this.append(name, value);
  }

  append(name: string, value: string): void {
    check(name);
    if (!VALUE.test(value)) throw new TypeError(`invalid value of field ${name}`);
    this.lines += `${name}: ${value}\r\n`;
  }

  remove(name: string): void {
    check(name);
    this.lines = withoutFields(this.lines, new Set([name.toLowerCase()]));
  }

  /** The edited lines. */
  toString(): string {
    return this.lines;
  }
}

function check(name: string): void {
  const lower = name.toLowerCase();
  if (!TOKEN.test(name)) throw new TypeError(`invalid field name ${JSON.stringify(name)}`);
  if (FIXED.has(lower) || describesOrigin(lower)) throw new TypeError(`a stage cannot change field ${name}`);
}
