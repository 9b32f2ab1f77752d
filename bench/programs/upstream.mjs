/**
 * The upstream of every benchmark: HTTP/1.1 on plain sockets, so that it never limits a gateway. `GET /n` returns n bytes,
 * `/cached/n` as well, fresh for an hour; `/object/i` is one of many such responses of 1 to 4 KiB; `/requests` returns how many
 * requests for these came. A request with a body gets the same response after the end of the body; any other path returns two
 * bytes. Listens on one port of several loopback addresses, so that one process represents several instances.
 */
import { createServer } from 'node:net';

const EMPTY = Buffer.alloc(0);
const HEAD_END = Buffer.from('\r\n\r\n');
const responses = new Map();

const FRESH = 'cache-control: public, max-age=3600\r\n';
const OBJECT = '/object/';
const LARGEST_OBJECT = Buffer.alloc(4096, 'x');
let objectRequests = 0;

const headOf = (size, freshness) =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\n${freshness}content-length: ${size}\r\n\r\n`;

function makeResponse(path) {
  const [, cached, digits = 2] = /^\/(cached\/)?(\d+)(?:\?|$)/.exec(path) ?? [];
  const size = Number(digits);
  return Buffer.concat([Buffer.from(headOf(size, cached ? FRESH : '')), Buffer.alloc(size, 'x')]);
}

/** Objects differ in size, from 1 to 4 KiB, independent of their popularity. They are too many to keep. */
function objectResponse(path) {
  objectRequests += 1;
  const size = 1024 + ((Number(path.slice(OBJECT.length)) * 2_654_435_761) % 3073);
  return Buffer.concat([Buffer.from(headOf(size, FRESH)), LARGEST_OBJECT.subarray(0, size)]);
}

function responseTo(path) {
  if (path.startsWith(OBJECT)) return objectResponse(path);
  if (path === '/requests') return countResponse();
  let response = responses.get(path);
  if (response === undefined) responses.set(path, (response = makeResponse(path)));
  return response;
}

function countResponse() {
  const text = String(objectRequests);
  return Buffer.from(headOf(text.length, 'cache-control: no-store\r\n') + text);
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
