import { eachField, MAX_FIELDS, type FieldHandler } from '../head/field-lines.js';
import { FramingError, TrailersTooLarge } from './body-problems.js';
import { FORBIDDEN_TRAILERS, MAX_TRAILER_BYTES, TOO_LARGE, TOO_MANY } from './trailer-fields.js';

const CR = 0x0d;
const LF = 0x0a;

const drop: FieldHandler<undefined> = () => false;

/** A body length after the body has no valid use; it can only serve request smuggling. */
const refuse: FieldHandler<undefined> = () => {
  throw new FramingError('the trailer section must not contain framing fields');
};

const FORBIDDEN: ReadonlyMap<string, FieldHandler<undefined>> = new Map([
  ...FORBIDDEN_TRAILERS.map((name) => [name, drop] as const),
  ['content-length', refuse],
  ['transfer-encoding', refuse],
]);

/** Reads a trailer section (RFC 9112, section 7.1.2): the field lines between the last chunk and the empty line. */
export class TrailerReader {
  private text = '';
  private lines = 0;
  private done = false;
  /** The previous byte. A field, because reading the end of the growing `text` would copy it for every byte. */
  private last = 0;
  /** The field lines that may be forwarded. */
  fields = '';
  /** The section to write. Also empty if it arrived in one piece without fields and may be forwarded unchanged. */
  section = '';

  get isDone(): boolean {
    return this.done;
  }

  /**
   * Reads `bytes` from offset `from`.
   * @returns the offset at which the section ended, or `bytes.length` if it continues
   * @throws FramingError
   */
  read(bytes: Buffer, from: number): number {
    if (this.text === '' && bytes[from] === CR && bytes[from + 1] === LF) return this.finish(from + 2);
    for (let at = from; at < bytes.length; at += 1) if (this.take(bytes[at] as number)) return at + 1;
    return bytes.length;
  }

  private take(byte: number): boolean {
    if ((byte === LF) !== (this.last === CR))
      throw new FramingError('a trailer line is not terminated by CRLF');
    this.last = byte;
    this.text += String.fromCharCode(byte);
    if (this.text.length > MAX_TRAILER_BYTES) throw new TrailersTooLarge(TOO_LARGE);
    return byte === LF && this.endLine();
  }

  /** Returns whether the section ends with this line. */
  private endLine(): boolean {
    if (!(this.text === '\r\n' || this.text.endsWith('\r\n\r\n'))) {
      this.lines += 1;
      if (this.lines > MAX_FIELDS) throw new TrailersTooLarge(TOO_MANY);
      return false;
    }
    this.fields = this.text === '\r\n' ? '' : eachField(this.text, 0, FORBIDDEN, undefined, invalidTrailer);
    this.section = `${this.fields}\r\n`;
    this.finish(0);
    return true;
  }

  private finish(end: number): number {
    this.done = true;
    return end;
  }
}

const invalidTrailer = (detail: string): Error => new FramingError(detail);
