import type { Socket } from 'node:net';

/**
 * How long a half-closed client waits for a response, in milliseconds. A disconnected client looks the same until
 * data is written to it, and its attempt must be aborted promptly.
 */
export const HALF_CLOSED_MS = 300;

/** Handles the half-close of a client: closes the connection if nothing is written to it in time. */
export function watchHalfClosed(this: Socket): void {
  const before = this.bytesWritten;
  const timer = setTimeout(() => {
    // Data was written and no reset came back: the client is still there.
    if (this.bytesWritten === before) this.destroy();
  }, HALF_CLOSED_MS);
  this.once('close', () => clearTimeout(timer));
}
