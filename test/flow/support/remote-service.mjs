/** The flow service in its own process. It listens on all of 127/8, so that it can act as many instances. */
import { createServer } from 'node:http';
import { handle } from './flow-service.mjs';

const server = createServer({ requestTimeout: 0, keepAliveTimeout: 120_000 }, handle);
server.listen({ port: 0, host: '0.0.0.0', backlog: 4096 }, () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  process.stdout.write(`{"app":"flow","url":"${url}","msg":"flow listens on ${url}"}\n`);
});
