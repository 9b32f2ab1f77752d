import type { Socket } from 'node:net';
import { isReset } from './node-internals.js';

/**
 * How long a half-closed client waits for a response, in milliseconds. A disconnected client looks the same until
 * data is written to it, and its attempt must be aborted promptly.
 */
export const HALF_CLOSED_MS = 300;

/**
 * Whether a client that has closed its half is gone: nothing was written to it since, or what was written was answered
 * by a reset.
 * @param writtenAtEnd `bytesWritten` when it closed its half
 */
export const isGone = (socket: Socket, writtenAtEnd: number): boolean =>
  socket.bytesWritten === writtenAtEnd || isReset(socket);

/** Handles the half-close of a client: closes the connection if the client is gone. */
export function watchHalfClosed(this: Socket): void {
  const { bytesWritten } = this;
  const timer = setInterval(() => {
    if (isGone(this, bytesWritten)) this.destroy();
  }, HALF_CLOSED_MS);
  this.once('close', () => clearInterval(timer));
}
