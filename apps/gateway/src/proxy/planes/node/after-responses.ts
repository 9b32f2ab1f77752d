import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** node:http keeps the response that currently uses a socket in `_httpMessage`. */
type SocketInUse = Socket & { readonly _httpMessage?: ServerResponse | null };

/**
 * Calls `next` after the responses to all earlier requests on `socket` are sent. node:http emits a pipelined upgrade
 * or CONNECT request as soon as it is parsed and detaches from the socket, although earlier responses still use it: a
 * second response on the same socket would throw, and socket errors would have no listener.
 */
export function afterResponses(socket: SocketInUse, next: () => void): void {
  // The listener stays: a response finishes before an error of its last write is reported.
  if (socket._httpMessage) socket.on('error', () => socket.destroy());
  afterResponse(socket, next);
}

function afterResponse(socket: SocketInUse, next: () => void): void {
  const response = socket._httpMessage;
  if (!response) {
    next();
    return;
  }
  const passDrain = (): boolean => response.emit('drain');
  socket.on('drain', passDrain);
  response.once('finish', () => {
    socket.off('drain', passDrain);
    if (!socket.destroyed && socket.writable) afterResponse(socket, next);
  });
}
