/** @fastify/http-proxy, configured as its documentation recommends. UPSTREAM: the URL to forward to. */
import httpProxy from '@fastify/http-proxy';
import fastify from 'fastify';

const server = fastify();
server.register(httpProxy, { upstream: process.env.UPSTREAM, prefix: '/api/bench', rewritePrefix: '/' });
await server.listen({ port: 0, host: '127.0.0.1' });
process.on('disconnect', () => process.exit());
process.send({ port: server.server.address().port });
