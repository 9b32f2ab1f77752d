/** The size of Node's own reads, bytes. */
const READ_BYTES = 64 * 1024;
/** After a read of this size, more is likely to follow; a private buffer then avoids copies. Bytes. */
const MUCH = 16 * 1024;
const MOST_SPARE = 16;

/** The read buffer that all connections of this process share. */
const common = Buffer.allocUnsafeSlow(READ_BYTES);
/** Buffers for reuse: recently used memory costs less than new memory. */
const spare: Buffer<ArrayBuffer>[] = [];

/** Returns `bytes`, copied if they are in the shared buffer, so that the next read does not overwrite them. */
export const owned = (bytes: Buffer): Buffer =>
  bytes.length > 0 && bytes.buffer === common.buffer ? Buffer.from(bytes) : bytes;

/**
 * Read buffer of one connection. By default Node allocates 64 KiB for each read and shrinks it after a small one.
 * Here small reads share one buffer, whose bytes are valid only until the next read on any connection; code that
 * keeps them must call {@link owned}. After a large read the connection gets a private buffer, and another one for
 * each read while its bytes are still held.
 */
export class ReadBuffer {
  private current = common;
  private lastRead = 0;
  private isSpare = false;

  /** Returns the `count` bytes of the last read. */
  bytes(count: number): Buffer {
    this.lastRead = count;
    return this.current.subarray(0, count);
  }

  /**
   * Called when a message has ended with the current read, so that an idle connection keeps no private buffer.
   * @param isHeld whether bytes that were read are still in use; if not, the buffer can be reused
   */
  endMessage(isHeld: boolean): void {
    this.lastRead = 0;
    this.isSpare = !isHeld;
  }

  /** Returns the buffer for the next read. */
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
