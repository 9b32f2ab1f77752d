/**
 * An instance that answers before it has read a body, in a process of its own: `/refuse/{how}/{status}`. The gateway's reads
 * and the instance's must not take turns in one event loop, or the race that is to be tried never happens.
 */
import { createServer } from 'node:net';

/** What it does with the rest of the body: each leaves the connection in another state. */
const LEAVE = {
  /** Unread bytes are in its buffer: the system answers them with a reset. */
  close: (socket, answer) => socket.write(answer, () => socket.destroy()),
  reset: (socket, answer) => socket.write(answer, () => setTimeout(() => socket.resetAndDestroy(), 50)),
  'half-close': (socket, answer) => socket.end(answer).resume(),
};
const reply = (status, text, connection) =>
  `HTTP/1.1 ${status} Said\r\ncontent-length: ${text.length}\r\nconnection: ${connection}\r\n\r\n${text}`;

function take(socket) {
  let head = '';
  const read = (chunk) => {
    head += chunk.toString('latin1');
    if (!head.includes('\r\n\r\n')) return;
    const [, how, status] = /^\w+ \/refuse\/([\w-]+)\/(\d+) /.exec(head) ?? [];
    head = '';
    if (how === undefined) socket.write(reply(200, 'fine', 'keep-alive'));
    else {
      socket.off('data', read).pause();
      LEAVE[how](socket, reply(status, 'said early', 'close'));
    }
  };
  socket.on('data', read).on('error', () => undefined);
}

const server = createServer({ allowHalfOpen: true }, take).listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  process.stdout.write(`{"app":"early","url":"${url}","msg":"early listens on ${url}"}\n`);
});
