import type { FastifyInstance } from 'fastify';
import { TraceContext } from '#registry-client';
import type { Logger } from '../logging/logger.js';
import { pathOf } from './problem.filter.js';

/** Logs every response of a service at `DEBUG`, with the ids of the access log of the gateway. */
export function logRequests(fastify: FastifyInstance, logger: Logger): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    if (logger.isLevelEnabled('debug'))
      logger.debug(
        {
          requestId: request.id,
          traceId: TraceContext.from(request.headers)?.traceId,
          method: request.method,
          path: pathOf(request.url),
          status: reply.statusCode,
          durationMs: Math.round(reply.elapsedTime * 1000) / 1000,
        },
        'request',
      );
    done();
  });
}
