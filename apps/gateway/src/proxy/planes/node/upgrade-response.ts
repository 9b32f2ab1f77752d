import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { lingerAfterEnd } from '../../sockets/linger.js';

/**
 * Creates a response on a socket that node:http does not serve any more, for an upgrade that is refused or an invalid
 * request. The connection closes after it.
 * @param lingerMs how long input is discarded after the response: a reset could destroy it (RFC 9112, section 9.6)
 */
export function responseOn(socket: Socket, request: IncomingMessage, lingerMs: number): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  const passDrain = (): boolean => response.emit('drain');
  socket.on('drain', passDrain);
  response.once('finish', () => {
    socket.off('drain', passDrain);
    response.detachSocket(socket);
    lingerAfterEnd(socket, lingerMs);
  });
  return response;
}
