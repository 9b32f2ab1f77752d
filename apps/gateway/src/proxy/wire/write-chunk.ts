import type { Writable } from 'node:stream';
import { isTaken } from './is-taken.js';

const SMALL = 4 * 1024;

/** The size line of a chunk of `length` bytes, which are not none. */
export const chunkHead = (length: number): string => `${length.toString(16)}\r\n`;

/** Writes `payload` as one chunk (RFC 9112, section 7.1) in one system call; `false` asks to wait for `drain`. */
export function writeChunk(socket: Writable, payload: Buffer): boolean {
  if (payload.length === 0) return !socket.writableNeedDrain;
  const head = chunkHead(payload.length);
  if (payload.length <= SMALL) return socket.write(`${head}${payload.toString('latin1')}\r\n`, 'latin1');
  socket.cork();
  socket.write(head, 'latin1');
  socket.write(payload);
  const goesOn = socket.write('\r\n', 'latin1');
  socket.uncork();
  return isTaken(socket, goesOn);
}
