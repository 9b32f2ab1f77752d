import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Where node:http keeps the response that a socket carries now. */
type Answering = Socket & { readonly _httpMessage?: ServerResponse | null };

/**
 * Calls `next` when the answers to all earlier requests on `socket` are out. node:http shows a pipelined request to
 * upgrade, or CONNECT, as soon as it is read, lets go of the socket, and does not mind that responses still use it: a
 * second one on the same socket would throw, and what errs on the socket would be heard by nobody.
 */
export function afterAnswers(socket: Answering, next: () => void): void {
  // For good: a response finishes before the failure of its last write is told.
  if (socket._httpMessage) socket.on('error', () => socket.destroy());
  afterAnswer(socket, next);
}

function afterAnswer(socket: Answering, next: () => void): void {
  const response = socket._httpMessage;
  if (!response) {
    next();
    return;
  }
  const passDrain = (): boolean => response.emit('drain');
  socket.on('drain', passDrain);
  response.once('finish', () => {
    socket.off('drain', passDrain);
    if (!socket.destroyed && socket.writable) afterAnswer(socket, next);
  });
}
