import type { Socket } from 'node:net';
import { interceptWrites, type Written } from '../sockets/node-internals.js';

const BROKEN: ReadonlySet<string | undefined> = new Set(['EPIPE', 'ECONNRESET']);

/**
 * Keeps a socket readable after the peer has reset it. A server that rejects a body early may respond and close
 * while the body is still being sent (RFC 9112, section 9.6). The response is then in the system's receive buffer,
 * but Node would destroy the socket at the first failed write. Here such a write and all later ones count as
 * successful, so that the response and the end of the connection are still read.
 * @param onBroken called for the failed write
 * @returns a function that restores the default: in a tunnel a failed write ends the tunnel
 */
export function readOnAfterBrokenWrites(socket: Socket, onBroken: (error: Error) => void): () => void {
  let isBroken = false;
  let isOver = false;
  const finish = (callback: Written, error?: Error | null): void => {
    if (!error || isOver || !BROKEN.has((error as NodeJS.ErrnoException).code)) {
      callback(error);
      return;
    }
    isBroken = true;
    onBroken(error);
    callback();
  };
  // Usually one write is in progress at a time; it uses the shared callback instead of a closure.
  let written: Written | undefined;
  const done: Written = (error) => {
    const callback = written as Written;
    written = undefined;
    finish(callback, error);
  };
  interceptWrites(socket, (callback) => {
    if (isBroken && !isOver) {
      callback();
      return undefined;
    }
    if (written) return (error) => finish(callback, error);
    written = callback;
    return done;
  });
  return () => {
    isOver = true;
  };
}
