/** http-proxy-middleware in express. UPSTREAM: the URL to forward to. Without an agent it opens a connection per request. */
import express from 'express';
import { Agent } from 'node:http';
import { createProxyMiddleware } from 'http-proxy-middleware';

const app = express().disable('x-powered-by');
const agent = new Agent({ keepAlive: true });
app.use('/api/bench', createProxyMiddleware({ target: process.env.UPSTREAM, xfwd: true, agent }));
const server = app.listen(0, '127.0.0.1', () => {
  process.on('disconnect', () => process.exit());
  process.send({ port: server.address().port });
});
