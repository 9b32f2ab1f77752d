import { Duplex } from 'node:stream';

/** The near end of a connection without a network: what a spec delivers is read from it, what is written goes nowhere. */
export class MemorySocket extends Duplex {
  override _read(): void {
    // Comes by `deliver`.
  }

  override _write(_chunk: unknown, _encoding: unknown, done: () => void): void {
    done();
  }

  /** Gives each piece to the reader by itself, then the end. */
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

  // What node:http asks of a socket.
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

/** One turn of the event loop: what was delivered has been read. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
