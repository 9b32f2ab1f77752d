const LENGTH_BYTES = 2;
const ABSENT = 0xffff;

/**
 * Texts of the records of a ring, in one block of memory with an equal part for each. Texts of a request are copied: a
 * kept string would keep the whole head alive, credentials included.
 */
export class TextRing {
  private readonly bytes: Buffer;
  private at = 0;
  private end = 0;

  /** @param partBytes room for the texts of one record */
  constructor(
    parts: number,
    private readonly partBytes: number,
  ) {
    this.bytes = Buffer.allocUnsafeSlow(parts * partBytes);
  }

  /** Starts to write or read a part, from its first text. */
  open(part: number): void {
    this.at = part * this.partBytes;
    this.end = this.at + this.partBytes;
  }

  /** Writes the next text, one byte per character. Returns whether there was room; if not, the text is cut. */
  write(text: string | undefined): boolean {
    const { bytes } = this;
    const room = this.end - this.at - LENGTH_BYTES;
    if (room < 0) return false;
    const length = Math.min(text?.length ?? 0, room);
    const declared = text === undefined ? ABSENT : length;
    bytes[this.at] = declared & 0xff;
    bytes[this.at + 1] = declared >> 8;
    this.at += LENGTH_BYTES;
    // A call of Buffer.write costs more than the short texts of most requests.
    for (let i = 0; i < length; i += 1) bytes[this.at + i] = (text as string).charCodeAt(i);
    this.at += length;
    return text === undefined || text.length === length;
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
