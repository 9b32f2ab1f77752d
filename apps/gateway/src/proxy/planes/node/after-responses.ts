import type { Socket } from 'node:net';
import { responseInProgress } from '../../sockets/node-internals.js';

/**
 * Calls `next` after the responses to all earlier requests on `socket` are sent. node:http emits a pipelined upgrade
 * or CONNECT request as soon as it is parsed and detaches from the socket, although earlier responses still use it: a
 * second response on the same socket would throw, and socket errors would have no listener.
 */
export function afterResponses(socket: Socket, next: () => void): void {
  // The listener stays: a response finishes before an error of its last write is reported.
  if (responseInProgress(socket)) socket.on('error', () => socket.destroy());
  afterResponse(socket, next);
}

function afterResponse(socket: Socket, next: () => void): void {
  const response = responseInProgress(socket);
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
