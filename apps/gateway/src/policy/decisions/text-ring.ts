const LENGTH_BYTES = 2;
const ABSENT = 0xffff;

const lengthBytes = (length: number): string => String.fromCharCode(length & 0xff, length >> 8);
const ABSENT_BYTES = lengthBytes(ABSENT);

/**
 * Texts of the records of a ring, in one block of memory with an equal part for each. Texts of a request are copied: a
 * kept string would keep the whole head alive, credentials included.
 */
export class TextRing {
  private readonly bytes: Buffer;
  /** By length of a text: its two bytes, as characters. */
  private readonly lengths: readonly string[];
  private at = 0;
  private end = 0;
  /** What is written to the open part, one character per byte. */
  private written = '';

  /** @param partBytes room for the texts of one record */
  constructor(
    parts: number,
    private readonly partBytes: number,
  ) {
    this.bytes = Buffer.allocUnsafeSlow(parts * partBytes);
    this.lengths = Array.from({ length: partBytes }, (_, length) => lengthBytes(length));
  }

  /** Starts to write or read a part, from its first text. */
  open(part: number): void {
    this.at = part * this.partBytes;
    this.end = this.at + this.partBytes;
    this.written = '';
  }

  /** Adds the next text, one byte per character. Returns whether there was room; if not, the text is cut. */
  write(text: string | undefined): boolean {
    const room = this.end - this.at - this.written.length - LENGTH_BYTES;
    if (room < 0) return false;
    if (text === undefined) this.written += ABSENT_BYTES;
    else if (text.length <= room) this.written += `${this.lengths[text.length] ?? ''}${text}`;
    else this.written += `${this.lengths[room] ?? ''}${text.slice(0, room)}`;
    return text === undefined || text.length <= room;
  }

  /** Ends a part that was written. One call copies all of its texts, which is faster than a call or a loop for each. */
  close(): void {
    this.bytes.write(this.written, this.at, 'latin1');
    this.written = '';
  }

  /** The next text of the part. */
  read(): string | undefined {
    if (this.at + LENGTH_BYTES > this.end) return undefined;
    const length = this.bytes.readUInt16LE(this.at);
    this.at += LENGTH_BYTES;
    if (length === ABSENT) return undefined;
    this.at += length;
    return this.bytes.toString('latin1', this.at - length, this.at);
  }
}
