import type { AbstractHttpAdapter } from '@nestjs/core';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { withRequestContext } from '#registry-client';

/** The part of Fastify that is used here: the package does not depend on it. */
interface Fastify {
  addHook(
    name: 'preValidation',
    hook: (request: { raw: IncomingMessage }, reply: { raw: ServerResponse }, done: () => void) => void,
  ): void;
}

/** Handles every request under the deadline and in the trace that its caller sent. Called before routes are registered. */
export function applyRequestContexts(adapter: AbstractHttpAdapter): void {
  if (adapter.getType() === 'fastify')
    // Runs after the body was read, because body events are emitted outside any async context of a request.
    adapter
      .getInstance<Fastify>()
      .addHook('preValidation', (request, reply, done) => withRequestContext(request.raw, reply.raw, done));
  else adapter.use(withRequestContext);
}
