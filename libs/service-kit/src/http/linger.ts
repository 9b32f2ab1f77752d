import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Longest that the rest of a refused body is read and thrown away, milliseconds. */
export const LINGER_MS = 5000;

/**
 * Lets the sender of a body that is refused before it was read get to the answer. Closing at once, as fastify does,
 * resets the connection under a sender that is still writing, who then sees a broken connection instead of the 413
 * (RFC 9112, section 9.6). Node reads on by itself where the connection stays open; we end that after a while, or with the body where the client
 * asked for a close or the app is draining.
 */
export function lingerAfterRefusals(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    if (!request.raw.complete && reply.statusCode >= 400) linger(request, reply);
    done();
  });
}

function linger(request: FastifyRequest, reply: FastifyReply): void {
  const { raw } = request;
  const response = reply.removeHeader('connection').raw;
  // Else node:http would close with the answer.
  if (!response.shouldKeepAlive) raw.once('end', () => raw.socket.end());
  response.shouldKeepAlive = true;
  const timer = setTimeout(() => raw.socket.destroy(), LINGER_MS).unref();
  raw.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
}
