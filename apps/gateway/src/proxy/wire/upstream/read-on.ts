import type { Socket } from 'node:net';

type Written = (error?: Error | null) => void;

const BROKEN: ReadonlySet<string | undefined> = new Set(['EPIPE', 'ECONNRESET']);

/**
 * Keeps a socket open for reading after the peer has reset it. Whoever refuses a body early may answer and close while it
 * is still being sent (RFC 9112, section 9.6): the answer waits in the system's buffer, and Node would throw it away with
 * the socket at the first write that fails. Here such a write counts as done, as does any after it; reading then
 * comes to the answer, and to the end of the connection behind it.
 * @param onBroken hears of the first such write
 * @returns how to stop that: in a tunnel, a write that fails is the end of it
 */
export function readOnAfterBrokenWrites(socket: Socket, onBroken: (error: Error) => void): () => void {
  const write = socket._write.bind(socket);
  const writeMany = socket._writev?.bind(socket);
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
  // As a rule one write is under way at a time: it needs no function of its own.
  let written: Written | undefined;
  const done: Written = (error) => {
    const callback = written as Written;
    written = undefined;
    finish(callback, error);
  };
  const after = (callback: Written): Written => {
    if (written) return (error) => finish(callback, error);
    written = callback;
    return done;
  };
  socket._write = (chunk, encoding, callback) => {
    if (isBroken && !isOver) callback();
    else write(chunk, encoding, after(callback));
  };
  if (writeMany)
    socket._writev = (chunks, callback) => {
      if (isBroken && !isOver) callback();
      else writeMany(chunks, after(callback));
    };
  return () => {
    isOver = true;
  };
}
