import type { Writable } from 'node:stream';
import { isTaken } from './is-taken.js';

/** Up to this size, to copy a body behind its head is cheaper than a second buffer in the system call; */
export const SMALL = 16 * 1024;
/** up to this one, as text. */
const TINY = 1024;
const LARGEST_HEAD = 32 * 1024;

/** Where messages are put together; what the system took from it at once, it needs no more. */
let common = Buffer.allocUnsafeSlow(LARGEST_HEAD + SMALL);

/** Writes a head and the part of the body that is there in one system call; `false` asks to wait for `drain`. */
export function writeTogether(socket: Writable, head: string, body: Buffer | undefined): boolean {
  if (!body || body.length === 0) return socket.write(head, 'latin1');
  if (body.length <= TINY) return socket.write(head + body.toString('latin1'), 'latin1');
  if (body.length <= SMALL && head.length <= LARGEST_HEAD) return writeCopied(socket, head, body);
  socket.cork();
  socket.write(head, 'latin1');
  const goesOn = socket.write(body);
  socket.uncork();
  return isTaken(socket, goesOn);
}

function writeCopied(socket: Writable, head: string, body: Buffer): boolean {
  const length = head.length + body.length;
  // What has to wait gets memory of its own size.
  const waits = socket.writableLength > 0;
  const message = waits ? Buffer.allocUnsafe(length) : common;
  message.write(head, 0, 'latin1');
  body.copy(message, head.length);
  const goesOn = socket.write(message.subarray(0, length));
  if (!waits && socket.writableLength > 0) common = Buffer.allocUnsafeSlow(common.length);
  return isTaken(socket, goesOn);
}
