import type { Writable } from 'node:stream';
import { isTaken } from './is-taken.js';

/** Up to this size, to copy a body behind its head is cheaper than a second buffer in the system call. */
export const SMALL = 16 * 1024;

/** Writes a head and the part of the body that is there in one system call; `false` asks to wait for `drain`. */
export function writeTogether(socket: Writable, head: string, body: Buffer | undefined): boolean {
  if (!body || body.length === 0) return socket.write(head, 'latin1');
  if (body.length <= SMALL) return socket.write(head + body.toString('latin1'), 'latin1');
  socket.cork();
  socket.write(head, 'latin1');
  const goesOn = socket.write(body);
  socket.uncork();
  return isTaken(socket, goesOn);
}
