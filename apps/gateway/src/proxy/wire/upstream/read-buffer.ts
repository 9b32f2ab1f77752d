/** As much as Node reads at once. */
const READ_BYTES = 64 * 1024;
/** After a read of so much, more is likely to follow at once, and worth a buffer that can be passed on as it is. */
const MUCH = 16 * 1024;

/** Where all connections of this process read by turns. */
const common = Buffer.allocUnsafeSlow(READ_BYTES);

/**
 * Where one connection reads. By itself Node allocates 64 KiB for each read and gives back what a small answer leaves of it. Here
 * small reads share one buffer, whose bytes are lent: the next read, on whatever connection, overwrites them. A body that comes
 * fast gets buffers of its own.
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

  /** An answer has ended: no connection keeps a buffer while it is idle. */
  rest(): void {
    this.lastRead = 0;
  }

  /** Where the next read goes. */
  next(): Buffer {
    return (this.current = this.lastRead < MUCH ? common : Buffer.allocUnsafeSlow(READ_BYTES));
  }
}
