import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { LocalTarget } from '#registry-client';

/** Passes raw requests directly to an app's router, without a socket. */
export function localTargetOf(nest: NestFastifyApplication): LocalTarget {
  const fastify = nest.getHttpAdapter().getInstance();
  return {
    request: (request, response) => fastify.routing(request, response),
    upgrade: (request, socket, head) => {
      if (fastify.server.emit('upgrade', request, socket, head)) return;
      // Without a handler for the upgrade, the request is treated as an ordinary one, as in node:http.
      fastify.routing(request, responseOn(socket, request));
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
