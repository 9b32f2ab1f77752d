import type { Problem } from '#contracts';
import { headTooLarge, malformedRequest } from '../../exchange/problems.js';

/** Maximum size of a head, including the request or status line, bytes. The default of Node's server. */
export const MAX_HEAD_BYTES = 16 * 1024;

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const FIRST_CAPACITY = 1024;
const CR = 0x0d;
const LF = 0x0a;

/**
 * Finds the end of a head in the bytes that arrive and returns the head as one latin1 string. A head usually
 * arrives in one buffer and is not gathered; a head in several pieces is collected in a growing buffer.
 */
export class HeadReader {
  private gathered: Buffer | undefined;
  private length = 0;
  private consumed = 0;
  private isFirstLineSeen = false;

  /** @param firstLine sticky expression for the first line; another protocol is rejected before the head ends */
  constructor(private readonly firstLine?: RegExp) {}

  /** Whether an incomplete head has arrived. */
  get isMidway(): boolean {
    return this.length > 0;
  }

  /** The bytes of the incomplete head. */
  get midway(): Buffer {
    return this.gathered?.subarray(0, this.length) ?? Buffer.alloc(0);
  }

  /** Offset after the head in the bytes of the last {@link read}. */
  get end(): number {
    return this.consumed;
  }

  /**
   * Returns the whole head with its empty line, or `undefined` if it continues after `bytes`.
   * @throws Problem 431 for a head that is too large, 400 for one that cannot become valid
   */
  read(bytes: Buffer, from: number): string | undefined {
    if (this.length > 0) return this.readOn(bytes, from);
    const at = bytes.indexOf(END_OF_HEAD, from);
    if (at === -1) {
      this.keep(bytes, from);
      return undefined;
    }
    this.consumed = at + END_OF_HEAD.length;
    if (this.consumed - from > MAX_HEAD_BYTES) throw headIsTooLarge();
    return bytes.toString('latin1', from, this.consumed);
  }

  private readOn(bytes: Buffer, from: number): string | undefined {
    const before = this.length;
    this.append(bytes, from);
    const gathered = this.midway;
    // The end of the head may span two pieces.
    const at = gathered.indexOf(END_OF_HEAD, Math.max(0, before - END_OF_HEAD.length + 1));
    if (at === -1) {
      this.refuseHopeless(before);
      return undefined;
    }
    const length = at + END_OF_HEAD.length;
    if (length > MAX_HEAD_BYTES) throw headIsTooLarge();
    this.consumed = from + length - before;
    this.reset();
    return gathered.toString('latin1', 0, length);
  }

  private keep(bytes: Buffer, from: number): void {
    this.append(bytes, from);
    this.refuseHopeless(0);
  }

  private append(bytes: Buffer, from: number): void {
    const wanted = this.length + bytes.length - from;
    const capacity = Math.min(wanted, MAX_HEAD_BYTES + 1);
    if (!this.gathered || this.gathered.length < capacity) this.grow(capacity);
    this.length += bytes.copy(this.gathered as Buffer, this.length, from);
  }

  private grow(wanted: number): void {
    const larger = Buffer.allocUnsafe(Math.max(wanted, FIRST_CAPACITY, this.length * 2));
    this.gathered?.copy(larger, 0, 0, this.length);
    this.gathered = larger;
  }

  /** Rejects a head that is too long or has an invalid line ending at once, not at the head time-out. */
  private refuseHopeless(from: number): void {
    if (this.length > MAX_HEAD_BYTES) throw headIsTooLarge();
    const gathered = this.midway;
    for (let at = from; at < this.length; at += 1) {
      const afterCr = at > 0 && gathered[at - 1] === CR;
      if ((gathered[at] === LF) !== afterCr || gathered[at] === 0)
        throw malformedRequest('lines must end with CRLF and must not contain NUL');
    }
    if (this.firstLine && !this.isFirstLineSeen) this.checkFirstLine(this.firstLine, gathered);
  }

  private checkFirstLine(firstLine: RegExp, gathered: Buffer): void {
    // An empty line may precede the first line.
    const start = gathered[0] === CR ? 2 : 0;
    const end = gathered.indexOf(LF, start);
    if (end === -1) return;
    this.isFirstLineSeen = true;
    firstLine.lastIndex = 0;
    if (!firstLine.test(gathered.toString('latin1', start, end + 1)))
      throw malformedRequest('the start line is not valid HTTP/1.1');
  }

  private reset(): void {
    this.gathered = undefined;
    this.length = 0;
    this.isFirstLineSeen = false;
  }
}

const headIsTooLarge = (): Problem => headTooLarge('the head is larger than 16 KiB');
