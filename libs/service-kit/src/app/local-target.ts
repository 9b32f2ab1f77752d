import { ServerResponse, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { LocalTarget } from '#registry-client';

/**
 * Passes raw requests to a server of this process, without a socket.
 * @param handle receives ordinary requests; by default the listeners of the server do
 */
export function localTargetOf(
  server: Server,
  handle: LocalTarget['request'] = (request, response) => void server.emit('request', request, response),
): LocalTarget {
  return {
    request: handle,
    upgrade: (request, socket, head) => {
      if (server.emit('upgrade', request, socket, head)) return;
      // Without a handler for the upgrade, the request is treated as an ordinary one, as in node:http.
      handle(request, responseOn(socket, request));
    },
  };
}

function responseOn(socket: Duplex, request: IncomingMessage): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as Socket);
  response.once('finish', () => {
    response.detachSocket(socket as Socket);
    (socket as Socket).destroySoon();
  });
  return response;
}
