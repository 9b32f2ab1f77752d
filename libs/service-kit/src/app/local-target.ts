import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { LocalTarget } from '#registry-client';

/** Hands raw requests to an app's own router, past its socket. */
export function localTargetOf(nest: NestFastifyApplication): LocalTarget {
  const fastify = nest.getHttpAdapter().getInstance();
  return {
    request: (request, response) => fastify.routing(request, response),
    upgrade: (request, socket, head) => {
      // As node:http does for a server that nobody taught to upgrade: the connection ends.
      if (!fastify.server.emit('upgrade', request, socket, head)) socket.destroy();
    },
  };
}
