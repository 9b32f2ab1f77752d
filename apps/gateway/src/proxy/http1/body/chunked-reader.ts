import { FramingError } from './body-problems.js';
import { TrailerReader } from './trailer-reader.js';

/** Receives the payload of a body as slices of the bytes that arrived. */
export type PayloadSink = (payload: Buffer) => void;

const enum At {
  FirstDigit,
  Digits,
  Extension,
  SizeLf,
  Data,
  DataCr,
  DataLf,
  Trailers,
  Done,
}

const CR = 0x0d;
const LF = 0x0a;
const TAB = 0x09;
const SEMICOLON = 0x3b;
const MAX_SIZE_DIGITS = 16;
const MAX_EXTENSION_BYTES = 4 * 1024;
/** `*( ";" name [ "=" value ] )` without whitespace (RFC 9112, section 7.1.1). */
const EXTENSIONS =
  /^(?:;[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:=(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"(?:[\t\x20\x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*"))?)+$/;

/**
 * Reads a chunked body (RFC 9112, section 7.1): framing byte by byte, payload in slices. Bytes up to `passEnd` may
 * be forwarded unchanged, because the framing is checked strictly: CRLF only, chunk sizes that a double holds
 * exactly. The trailer section is held back, checked and rewritten.
 */
export class ChunkedReader {
  private at = At.FirstDigit;
  private size = 0;
  private digits = 0;
  private extension = '';
  private extensionBytes = 0;
  private readonly trailers = new TrailerReader();
  private passable = 0;
  private payload = 0;

  /** Payload bytes read so far. */
  get payloadBytes(): number {
    return this.payload;
  }

  get isDone(): boolean {
    return this.at === At.Done;
  }

  /** Whether the bytes so far end with a whole chunk, or before the first one. */
  get isBetweenChunks(): boolean {
    return this.at === At.FirstDigit;
  }

  /** End offset of the bytes of the last {@link read} that may be forwarded unchanged. */
  get passEnd(): number {
    return this.passable;
  }

  /** Text to write after the forwarded bytes once the body is done: the checked trailer section, or empty. */
  get tail(): string {
    return this.trailers.section;
  }

  /** The trailer fields that may be forwarded, as lines with CRLF. */
  get trailerFields(): string {
    return this.trailers.fields;
  }

  /**
   * Reads `bytes` from offset `from`.
   * @returns the offset at which the body ended, or `bytes.length` if it continues
   * @throws FramingError
   */
  read(bytes: Buffer, from: number, sink?: PayloadSink): number {
    let position = from;
    while (position < bytes.length && this.at < At.Trailers)
      position = this.at === At.Data ? this.leap(bytes, position, sink) : this.step(bytes, position);
    this.passable = position;
    if (this.at === At.Trailers) position = this.readTrailers(bytes, position);
    return position;
  }

  private leap(bytes: Buffer, position: number, sink: PayloadSink | undefined): number {
    const end = Math.min(bytes.length, position + this.size);
    this.size -= end - position;
    this.payload += end - position;
    if (this.size === 0) this.at = At.DataCr;
    // Last, because the sink reads the number of payload bytes.
    sink?.(bytes.subarray(position, end));
    return end;
  }

  private step(bytes: Buffer, position: number): number {
    const byte = bytes[position] as number;
    switch (this.at) {
      case At.FirstDigit:
        this.firstDigit(byte);
        break;
      case At.Digits:
        this.digit(byte);
        break;
      case At.Extension:
        this.extend(byte);
        break;
      case At.SizeLf:
        this.expect(byte, LF, this.size > 0 ? At.Data : At.Trailers);
        break;
      case At.DataCr:
        this.expect(byte, CR, At.DataLf);
        break;
      default:
        this.expect(byte, LF, At.FirstDigit);
    }
    return position + 1;
  }

  private firstDigit(byte: number): void {
    this.size = hexDigit(byte);
    if (this.size === -1) throw new FramingError('a chunk has no size');
    this.digits = 1;
    this.at = At.Digits;
  }

  private digit(byte: number): void {
    const value = hexDigit(byte);
    if (value === -1) {
      this.afterDigits(byte);
      return;
    }
    this.digits += 1;
    this.size = this.size * 16 + value;
    if (this.digits > MAX_SIZE_DIGITS || !Number.isSafeInteger(this.size))
      throw new FramingError('a chunk size is too large');
  }

  private afterDigits(byte: number): void {
    if (byte === SEMICOLON) {
      this.extension = ';';
      this.at = At.Extension;
    } else this.expect(byte, CR, At.SizeLf);
  }

  private extend(byte: number): void {
    if (byte === CR) {
      this.endExtension();
      return;
    }
    // Earlier bytes of the extension may already be forwarded, so a bare line break must be rejected at once.
    if (byte < 0x20 && byte !== TAB) throw new FramingError('a chunk extension is not valid');
    this.extension += String.fromCharCode(byte);
    this.extensionBytes += 1;
    if (this.extensionBytes > MAX_EXTENSION_BYTES) throw new FramingError('chunk extensions are too long');
  }

  private endExtension(): void {
    if (!EXTENSIONS.test(this.extension)) throw new FramingError('a chunk extension is not valid');
    this.at = At.SizeLf;
  }

  private expect(byte: number, wanted: number, next: At): void {
    if (byte !== wanted) throw new FramingError('a chunk is not terminated by CRLF');
    this.at = next;
  }

  private readTrailers(bytes: Buffer, position: number): number {
    const end = this.trailers.read(bytes, position);
    if (!this.trailers.isDone) return end;
    this.at = At.Done;
    if (this.trailers.section === '') this.passable = end;
    return end;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
