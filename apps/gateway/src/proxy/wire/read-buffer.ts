/** As much as Node reads at once. */
const READ_BYTES = 64 * 1024;
/** After a read of so much, more is likely to follow at once, and worth a buffer that can be passed on as it is. */
const MUCH = 16 * 1024;
const MOST_SPARE = 16;

/** Where all connections of this process read by turns. */
const common = Buffer.allocUnsafeSlow(READ_BYTES);
/** Buffers that nobody uses at the moment: memory that has just been used costs less than memory that is new. */
const spare: Buffer<ArrayBuffer>[] = [];

/** Bytes that were read, for somebody who may hold on to them: the next read does not change them. */
export const owned = (bytes: Buffer): Buffer =>
  bytes.length > 0 && bytes.buffer === common.buffer ? Buffer.from(bytes) : bytes;

/**
 * Where one connection reads. By itself Node allocates 64 KiB for each read and gives back what a small message leaves of it. Here
 * small reads share one buffer, whose bytes are lent: the next read, on whatever connection, overwrites them, so whoever keeps
 * them keeps them {@link owned}. A body that comes fast gets a buffer of its own, and another one when what is in it has not
 * been taken yet.
 */
export class ReadBuffer {
  private current = common;
  private lastRead = 0;
  private isSpare = false;

  /** The bytes of a read. */
  bytes(count: number): Buffer {
    this.lastRead = count;
    return this.current.subarray(0, count);
  }

  /**
   * A message has ended with the read at hand: no connection keeps a buffer while it is idle.
   * @param isHeld somebody holds on to bytes that were read
   */
  rest(isHeld: boolean): void {
    this.lastRead = 0;
    this.isSpare = !isHeld;
  }

  /** Where the next read goes. */
  next(isHeld: boolean): Buffer {
    if (this.lastRead < MUCH) this.share();
    else if (this.current === common || isHeld)
      this.current = spare.pop() ?? Buffer.allocUnsafeSlow(READ_BYTES);
    return this.current;
  }

  private share(): void {
    if (this.isSpare && this.current !== common && spare.length < MOST_SPARE) spare.push(this.current);
    this.isSpare = false;
    this.current = common;
  }
}
