/**
 * An open-loop client: requests are due at fixed times, and each latency counts from the time at which its request was due, not
 * from the time at which a connection was free. So a gateway that stalls for a second is charged for every request of that second
 * ("coordinated omission" would omit them).
 *
 * Its argument is JSON: `url`, `connections`, `rate` (requests per second), `seconds`, the expected `status`, and `bodies` to
 * send in turn by POST (none: GET).
 */
import { connect } from 'node:net';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_RESPONSES_MS = 5000;
const { url, connections, rate, seconds, status = 200, bodies = [] } = JSON.parse(process.argv[2]);
const { hostname, port, host, pathname } = new URL(url);
const get = `GET ${pathname} HTTP/1.1\r\nhost: ${host}\r\n\r\n`;
const post = (body) =>
  `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const requests = (bodies.length === 0 ? [get] : bodies.map(post)).map((text) => Buffer.from(text));
const statusLine = `HTTP/1.1 ${status}`;
const count = Math.round(rate * seconds);
const intervalNs = Math.round(1e9 / rate);

const latencies = [];
const waiting = [];
const idle = [];
let failures = 0;
let ended = 0;
let startNs = 0n;
let stopping = false;
let finish;
const finished = new Promise((resolve) => (finish = resolve));

/** One connection, one request at a time. */
class Connection {
  #index = -1;
  #received = 0;
  #expected = 0;
  #ok = false;

  async open() {
    this.socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(this.socket, 'connect');
    this.socket.on('data', (chunk) => this.#read(chunk)).on('error', () => undefined);
    this.socket.on('close', () => this.#onClose());
  }

  send(index) {
    this.#index = index;
    this.#received = 0;
    this.#expected = 0;
    this.socket.write(requests[index % requests.length]);
  }

  #read(chunk) {
    if (this.#expected === 0) this.#readHead(chunk);
    this.#received += chunk.length;
    if (this.#received < this.#expected) return;
    end(this.#index, this.#ok);
    this.#index = -1;
    release(this);
  }

  // Upstream and gateways write a head of this size in one packet.
  #readHead(chunk) {
    const headEnd = chunk.indexOf(HEAD_END);
    const head = chunk.latin1Slice(0, headEnd);
    this.#ok = head.startsWith(statusLine);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? NaN);
    this.#expected = headEnd + HEAD_END.length + length;
    if (headEnd === -1 || Number.isNaN(length)) this.socket.destroy();
  }

  #onClose() {
    if (this.#index !== -1) end(this.#index, false);
    this.#index = -1;
    const at = idle.indexOf(this);
    if (at !== -1) idle.splice(at, 1);
    if (!stopping)
      this.open().then(
        () => release(this),
        () => undefined,
      );
  }
}

function end(index, ok) {
  const dueNs = startNs + BigInt(index) * BigInt(intervalNs);
  latencies.push(Number(process.hrtime.bigint() - dueNs) / 1e6);
  if (!ok) failures += 1;
  ended += 1;
  if (ended === count) finish();
}

/** Sends the request that has waited longest, if there is one, on a free connection. */
function release(connection) {
  const next = waiting.shift();
  if (next === undefined) idle.push(connection);
  else connection.send(next);
}

function due(index) {
  // The connection that was idle for longest, so that all stay in use.
  const connection = idle.shift();
  if (connection === undefined) waiting.push(index);
  else connection.send(index);
}

const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

const pool = Array.from({ length: connections }, () => new Connection());
await Promise.all(pool.map((connection) => connection.open()));
idle.push(...pool);

// The thread needs time to start; requests due before that would count as late.
startNs = process.hrtime.bigint() + 200_000_000n;
const ticker = new Worker(new URL('./ticker.mjs', import.meta.url), {
  workerData: { startNs, intervalNs, count },
});
ticker.on('message', due);
setTimeout(() => finish(), seconds * 1000 + LAST_RESPONSES_MS).unref();
await finished;
stopping = true;

const sorted = Float64Array.from(latencies).sort();
const result = {
  requests: ended,
  seconds,
  p50Ms: percentile(sorted, 0.5),
  p99Ms: percentile(sorted, 0.99),
  failures: failures + (count - ended),
};
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit());
