import { Duplex } from 'node:stream';

/** A socket without a network: reads return what a spec delivers, writes are discarded. */
export class MemorySocket extends Duplex {
  override _read(): void {
    // `deliver` pushes the data.
  }

  override _write(_chunk: unknown, _encoding: unknown, done: () => void): void {
    done();
  }

  /** Delivers each piece to the reader separately. */
  async deliver(pieces: readonly Buffer[]): Promise<void> {
    for (const piece of pieces) {
      if (piece.length > 0) this.push(piece);
      await turn();
    }
  }

  async deliverEnd(): Promise<void> {
    if (!this.destroyed) this.push(null);
    await turn();
    await turn();
  }

  // Socket methods that node:http calls.
  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  destroySoon(): void {
    this.destroy();
  }
}

/** Waits one iteration of the event loop, after which delivered bytes have been read. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
