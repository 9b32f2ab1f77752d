import type { Writable } from 'node:stream';

/**
 * Whether to go on sending after a write. A read brings more than a socket's high-water mark, so `write` as a rule asks to
 * wait for `drain`; where the system has taken all of it at once, there is nothing to wait for.
 */
export const isTaken = (socket: Writable, isBelowMark: boolean): boolean =>
  isBelowMark || socket.writableLength === 0;
