/**
 * A service instance for drills: a small program without dependencies that registers, sends heartbeats, and
 * behaves as configured. Arguments: registry URL, service name, id, port (0: any), behaviour, milliseconds per
 * response, and metadata as JSON. Its health check always succeeds. Requested directly, `GET /received` returns the
 * number of received requests, and `GET /aborted` the number of those that were aborted before their response was
 * complete. With the behaviour `stalls` it has a small accept queue, and `GET /stall` blocks its event loop for
 * the configured milliseconds.
 */
import { createServer } from 'node:http';

const [registry, name, id, port, behaviour, delay, metadata] = process.argv.slice(2);
let received = 0;
let aborted = 0;

const behaviours = {
  ok: (request, response) => setTimeout(() => response.end(id), Number(delay)),
  hiccups: (request, response) =>
    setTimeout(() => response.end(id), received % 20 === 0 ? 500 : Number(delay)),
  fails: (request, response) => response.writeHead(500).end(),
  // Declines writes while it is overloaded, and serves reads.
  sheds: (request, response) =>
    request.method === 'GET' ? response.end(id) : response.writeHead(503, { 'retry-after': '1' }).end(),
  unavailable: (request, response) => response.writeHead(503).end(),
  'reports-timeout': (request, response) => response.end(request.headers['x-request-timeout-ms'] ?? ''),
  stalls: (request, response) => response.end(id),
  silent: () => undefined,
  resets: (request) => request.socket.resetAndDestroy(),
  garbage: (request) => request.socket.end('this is no HTTP\r\n\r\n'),
  trickles: (request, response) => {
    const timer = setInterval(() => response.write('.'), 100);
    response.on('close', () => clearInterval(timer));
  },
};

const server = createServer((request, response) => {
  if (request.url === '/health/ready') return response.end();
  if (request.url === '/received') return response.end(String(received));
  if (request.url === '/aborted') return response.end(String(aborted));
  if (request.url === '/stall') return stall(response);
  received += 1;
  response.on('close', () => (aborted += response.writableFinished ? 0 : 1));
  behaviours[behaviour](request, response);
});

function stall(response) {
  console.log('stalls');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(delay));
  response.end();
}

const backlog = behaviour === 'stalls' ? 8 : 511;

const post = (path, body = {}) =>
  fetch(registry + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

server.listen({ port: Number(port), host: '127.0.0.1', backlog }, async () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  const response = await post('/discovery/register', { name, url, id, metadata: JSON.parse(metadata) });
  if (!response.ok) throw new Error(`the registry responded ${response.status}`);
  setInterval(() => post(`/discovery/heartbeat/${id}`).catch(() => undefined), 5_000);
  console.log(url);
});
