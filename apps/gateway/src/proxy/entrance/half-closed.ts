import type { Socket } from 'node:net';

/**
 * How long a client that has closed its half waits for an answer. A client that is gone looks the same until something is
 * written to it, and its attempt is to be given up at once: this is how long "at once" may be.
 */
export const HALF_CLOSED_MS = 300;

/** To be called when a client has closed its half: closes the other when nothing was written to it in time. */
export function watchHalfClosed(this: Socket): void {
  const before = this.bytesWritten;
  const timer = setTimeout(() => {
    // What was written and not answered by a reset has found a reader.
    if (this.bytesWritten === before) this.destroy();
  }, HALF_CLOSED_MS);
  this.once('close', () => clearTimeout(timer));
}
