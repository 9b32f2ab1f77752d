import type { FastifyInstance } from 'fastify';
import { REQUEST_TIMEOUT_HEADER } from '#contracts';
import { Deadline } from '#registry-client';

const MILLISECONDS = /^\d{1,9}$/;

/**
 * Puts each request whose caller says how long it waits under that deadline: calls to neighbours take no longer. What a
 * service goes on doing after its answer is under none.
 */
export function keepDeadlines(fastify: FastifyInstance): void {
  // After the body was read, whose events come from outside any request; the time counts from its head.
  fastify.addHook('preValidation', (request, reply, done) => {
    const told = request.headers[REQUEST_TIMEOUT_HEADER];
    if (typeof told !== 'string' || !MILLISECONDS.test(told)) {
      done();
      return;
    }
    const deadline = new Deadline(Number(told) - reply.elapsedTime);
    reply.raw.once('close', () => deadline.lift());
    deadline.run(done);
  });
}
