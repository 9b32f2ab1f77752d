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
  // A stream has one write under way at a time, and waits for it always by the same function.
  let written: Written = () => undefined;
  const done: Written = (error) => {
    if (!error || isOver || !BROKEN.has((error as NodeJS.ErrnoException).code)) {
      written(error);
      return;
    }
    isBroken = true;
    onBroken(error);
    written();
  };
  socket._write = (chunk, encoding, callback) => {
    if (isBroken && !isOver) callback();
    else write(chunk, encoding, ((written = callback), done));
  };
  if (writeMany)
    socket._writev = (chunks, callback) => {
      if (isBroken && !isOver) callback();
      else writeMany(chunks, ((written = callback), done));
    };
  return () => {
    isOver = true;
  };
}
