import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Longest time for which the rest of a rejected body is read and discarded, milliseconds. */
const LINGER_MS = 5000;

/**
 * Lets the sender of a body that is rejected before it is read receive the response. Closing at once, as fastify
 * does, resets the connection while the client is still writing; the client then sees a broken connection instead of
 * the 413 (RFC 9112, section 9.6). Node keeps reading while the connection stays open. The connection is closed after
 * {@link LINGER_MS}, or when the body ends if the client requested a close or the app is draining.
 */
export function lingerAfterRejections(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    if (reply.statusCode >= 400 && isUnread(request)) linger(request, reply);
    done();
  });
}

/** An injected request has no connection, and its member `complete` is absent. */
const isUnread = ({ raw }: FastifyRequest): boolean => 'complete' in raw && !raw.complete;

function linger(request: FastifyRequest, reply: FastifyReply): void {
  const { raw } = request;
  const response = reply.removeHeader('connection').raw;
  // Otherwise node:http would close the connection with the response.
  if (!response.shouldKeepAlive) raw.once('end', () => raw.socket.end());
  response.shouldKeepAlive = true;
  const timer = setTimeout(() => raw.socket.destroy(), LINGER_MS).unref();
  raw.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
}
