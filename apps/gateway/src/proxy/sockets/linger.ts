import type { Socket } from 'node:net';

/**
 * Ends `socket` after its last response. Further input is read and discarded for `ms` milliseconds, because a reset
 * could destroy the response (RFC 9112, section 9.6).
 */
export function lingerAfterEnd(socket: Socket, ms: number): void {
  socket.end().resume();
  const timer = setTimeout(() => socket.destroy(), ms).unref();
  socket.once('close', () => clearTimeout(timer));
}
