/** As much as Node reads at once. */
const READ_BYTES = 64 * 1024;
/** After a read of so much, more is likely to follow at once, and worth a buffer that can be passed on as it is. */
const MUCH = 16 * 1024;
const MOST_SPARE = 16;

/** Where all connections of this process read by turns. */
const common = Buffer.allocUnsafeSlow(READ_BYTES);
/** Buffers that nobody uses at the moment: memory that has just been used costs less than memory that is new. */
const spare: Buffer<ArrayBuffer>[] = [];

/**
 * Where one connection reads. By itself Node allocates 64 KiB for each read and gives back what a small answer leaves of it. Here
 * small reads share one buffer, whose bytes are lent: the next read, on whatever connection, overwrites them. A body that comes
 * fast gets a buffer of its own, and another when the client has not taken yet what is in it.
 */
export class ReadBuffer {
  private current = common;
  private lastRead = 0;

  /** The bytes of the read at hand are lent. */
  get isLent(): boolean {
    return this.current === common;
  }

  /** The bytes of a read. */
  bytes(count: number): Buffer {
    this.lastRead = count;
    return this.current.subarray(0, count);
  }

  /**
   * An answer has ended: no connection keeps a buffer while it is idle.
   * @param isHeld somebody holds on to bytes that were read
   */
  rest(isHeld: boolean): void {
    this.lastRead = 0;
    if (!isHeld && !this.isLent && spare.length < MOST_SPARE) spare.push(this.current);
    this.current = common;
  }

  /** Where the next read goes. */
  next(isHeld: boolean): Buffer {
    if (this.lastRead < MUCH) this.current = common;
    else if (this.isLent || isHeld) this.current = spare.pop() ?? Buffer.allocUnsafeSlow(READ_BYTES);
    return this.current;
  }
}
