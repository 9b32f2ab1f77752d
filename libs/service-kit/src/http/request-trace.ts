import type { FastifyInstance } from 'fastify';
import { TraceContext } from '#registry-client';

/** Handles each request with trace fields in their trace: calls to neighbours carry the same fields. */
export function applyTraceContext(fastify: FastifyInstance): void {
  // Runs after the body was read, because body events are emitted outside any async context of a request.
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
