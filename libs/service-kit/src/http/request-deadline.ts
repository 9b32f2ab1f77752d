import type { FastifyInstance } from 'fastify';
import { Deadline } from '#registry-client';

/**
 * Applies the timeout that a caller sends to the handling of its request: calls to neighbours take no longer. Work
 * after the response has no deadline.
 */
export function applyDeadlines(fastify: FastifyInstance): void {
  // Runs after the body was read, because body events are emitted outside any async context of a request. The time
  // counts from the request head.
  fastify.addHook('preValidation', (request, reply, done) => {
    const deadline = Deadline.from(request.headers, reply.elapsedTime);
    if (!deadline) {
      done();
      return;
    }
    reply.raw.once('close', () => deadline.end());
    deadline.run(done);
  });
}
