/**
 * An instance, in its own process, that responds before it has read the body: `/refuse/{how}/{status}`. The reads
 * of the gateway and of the instance must not share an event loop, or the tested race never occurs. With a
 * directory that contains `key.pem` and `certificate.pem` it uses TLS.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

/** How the instance handles the rest of the body; each way leaves the connection in another state. */
const HANDLE_REST = {
  /** Unread bytes remain in the receive buffer, so the system sends a reset. */
  close: (socket, response) => socket.write(response, () => socket.destroy()),
  reset: (socket, response) => socket.write(response, () => setTimeout(() => reset(socket), 50)),
  /** Reads on to keep the connection in sync. */
  read: (socket, response) => socket.resume().write(response),
  'half-close': (socket, response) => socket.end(response).resume(),
};
/** With TLS, resets the underlying TCP socket. */
const reset = ({ remotePort }) => plain.get(remotePort)?.resetAndDestroy();
const plain = new Map();
const reply = (status, text, connection) =>
  `HTTP/1.1 ${status} Early\r\ncontent-length: ${text.length}\r\nconnection: ${connection}\r\n\r\n${text}`;

function handleConnection(socket) {
  let head = '';
  const read = (chunk) => {
    head += chunk.toString('latin1');
    if (!head.includes('\r\n\r\n')) return;
    const [, how, status] = /^\w+ \/refuse\/([\w-]+)\/(\d+) /.exec(head) ?? [];
    head = '';
    if (how === undefined) socket.write(reply(200, 'fine', 'keep-alive'));
    else {
      socket.off('data', read).pause();
      HANDLE_REST[how](socket, reply(status, 'early response', how === 'read' ? 'keep-alive' : 'close'));
    }
  };
  socket.on('data', read).on('error', () => undefined);
}

const [pem] = process.argv.slice(2);
const options = { allowHalfOpen: true };
const read = (name) => readFileSync(`${pem}/${name}.pem`);
const server = pem
  ? createTlsServer({ ...options, key: read('key'), cert: read('certificate') }, handleConnection)
  : createServer(options, handleConnection);
// The reset of one connection must not end the process.
server.on('tlsClientError', () => undefined);
server.on('connection', (socket) =>
  plain.set(
    socket.remotePort,
    socket.on('error', () => undefined),
  ),
);
server.listen(0, '127.0.0.1', () => {
  const url = `${pem ? 'https' : 'http'}://127.0.0.1:${server.address().port}`;
  process.stdout.write(`{"app":"early","url":"${url}","msg":"early listens on ${url}"}\n`);
});
