import type { FastifyInstance } from 'fastify';
import { TraceContext } from '#registry-client';

/** Handles each request that carries trace fields in that trace: calls to neighbours carry the fields on. */
export function keepTraceContext(fastify: FastifyInstance): void {
  // After the body was read, whose events come from outside any request.
  fastify.addHook('preValidation', (request, reply, done) => {
    const trace = TraceContext.from(request.headers);
    if (!trace) {
      done();
      return;
    }
    reply.raw.once('close', () => trace.end());
    trace.run(done);
  });
}
