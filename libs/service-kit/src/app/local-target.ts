import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { LocalTarget } from '#registry-client';

/** Hands raw requests to an app's own router, past its socket. */
export function localTargetOf(nest: NestFastifyApplication): LocalTarget {
  const fastify = nest.getHttpAdapter().getInstance();
  return {
    request: (request, response) => fastify.routing(request, response),
    upgrade: (request, socket, head) => {
      if (fastify.server.emit('upgrade', request, socket, head)) return;
      // Nobody here upgrades: as node:http does it, the request is an ordinary one.
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
