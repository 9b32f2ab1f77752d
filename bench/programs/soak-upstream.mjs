/** The upstream of the soak test: `GET /n` returns n bytes, a POST returns the number of bytes received, WebSockets echo. */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const bodies = new Map();

function bodyOf(path) {
  const size = Number(/^\/(\d+)/.exec(path)?.[1] ?? 2);
  if (!bodies.has(size)) bodies.set(size, Buffer.alloc(size, 'x'));
  return bodies.get(size);
}

function count(request, response) {
  let bytes = 0;
  request.on('data', (chunk) => (bytes += chunk.length)).on('end', () => response.end(String(bytes)));
}

const server = createServer((request, response) => {
  if (request.method === 'POST') count(request, response);
  else response.end(bodyOf(request.url));
});
const sockets = new WebSocketServer({ server });
sockets.on('connection', (socket) => {
  socket.on('message', (message, isBinary) => socket.send(message, { binary: isBinary }));
  socket.on('error', () => socket.terminate());
});

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());
