import type { FastifyInstance } from 'fastify';
import { REQUEST_TIMEOUT_HEADER } from '#contracts';
import { Deadline } from '#registry-client';

const MILLISECONDS = /^\d{1,9}$/;

/**
 * Applies the timeout that a caller sends to the handling of its request: calls to neighbours take no longer. Work
 * after the response has no deadline.
 */
export function applyDeadlines(fastify: FastifyInstance): void {
  // Runs after the body was read, because body events are emitted outside any async context of a request. The time
  // counts from the request head.
  fastify.addHook('preValidation', (request, reply, done) => {
    const sent = request.headers[REQUEST_TIMEOUT_HEADER];
    if (typeof sent !== 'string' || !MILLISECONDS.test(sent)) {
      done();
      return;
    }
    const deadline = new Deadline(Number(sent) - reply.elapsedTime);
    reply.raw.once('close', () => deadline.end());
    deadline.run(done);
  });
}
