/**
 * The upstream of every benchmark: HTTP/1.1 on plain sockets, so that it never limits a gateway. `GET /n` returns n bytes; a
 * request with a body gets the same response after the end of the body; any other path returns two bytes. Listens on one port of
 * several loopback addresses, so that one process represents several instances.
 */
import { createServer } from 'node:net';

const EMPTY = Buffer.alloc(0);
const HEAD_END = Buffer.from('\r\n\r\n');
const responses = new Map();

function makeResponse(path) {
  const size = Number(/^\/(\d+)(?:\?|$)/.exec(path)?.[1] ?? 2);
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: ${size}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.alloc(size, 'x')]);
}

function responseTo(path) {
  let response = responses.get(path);
  if (response === undefined) responses.set(path, (response = makeResponse(path)));
  return response;
}

const pathOf = (head) => {
  const start = head.indexOf(' ') + 1;
  return head.slice(start, head.indexOf(' ', start));
};

const bodyLengthOf = (head) =>
  head.startsWith('GET ') ? 0 : Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);

/** Reads the requests of one connection. A head in several packets is rare here, so it may cost a copy. */
class Connection {
  #socket;
  #rest = EMPTY;
  #bodyLeft = 0;
  #path = '';

  constructor(socket) {
    this.#socket = socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk)).on('error', () => socket.destroy());
  }

  #read(chunk) {
    let data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (data.length > 0) {
      const used = this.#bodyLeft > 0 ? this.#skipBody(data) : this.#readHead(data);
      if (used === 0) break;
      data = data.subarray(used);
    }
    this.#rest = data;
  }

  #skipBody(data) {
    const used = Math.min(this.#bodyLeft, data.length);
    this.#bodyLeft -= used;
    if (this.#bodyLeft === 0) this.#socket.write(responseTo(this.#path));
    return used;
  }

  #readHead(data) {
    const end = data.indexOf(HEAD_END);
    if (end === -1) return 0;
    const head = data.latin1Slice(0, end);
    this.#path = pathOf(head);
    this.#bodyLeft = bodyLengthOf(head);
    if (this.#bodyLeft === 0) this.#socket.write(responseTo(this.#path));
    return end + HEAD_END.length;
  }
}

const listen = (port, host) =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => new Connection(socket)).once('error', reject);
    server.listen({ port, host, backlog: 4096 }, () => resolve(server.address().port));
  });

const [first, ...others] = process.argv.slice(2);
const port = await listen(0, first);
for (const host of others) await listen(port, host);
process.on('disconnect', () => process.exit());
process.send({ port });
