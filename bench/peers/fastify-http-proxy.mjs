/** @fastify/http-proxy as its documentation sets it up. UPSTREAM: where to forward to. */
import httpProxy from '@fastify/http-proxy';
import fastify from 'fastify';

const server = fastify();
server.register(httpProxy, { upstream: process.env.UPSTREAM, prefix: '/api/bench', rewritePrefix: '/' });
await server.listen({ port: 0, host: '127.0.0.1' });
process.on('disconnect', () => process.exit());
process.send({ port: server.server.address().port });
