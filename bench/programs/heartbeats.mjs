/**
 * Registers instances without a process behind them, and sends a heartbeat for each about every five seconds. Arguments: gateway, count,
 * file to write when all are registered, file for the result. SIGUSR2 stops the heartbeats, the next one resumes them; SIGTERM ends the
 * program. Plain sockets, because node's own client takes as much of a core as the gateway.
 */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const [gateway, count, readyFile, resultFile] = process.argv.slice(2);
const { hostname, port, host } = new URL(gateway);
const EVERY_MS = 5000;
// Each instance would keep a connection of its own; these represent them, all in use.
const CONNECTIONS = 1000;
const ids = Array.from({ length: Number(count) }, (_, index) => `crowd-${index}`);
const idle = [];
const waiting = [];
let calls = 0;
let failed = 0;
let isOver = false;
let isPaused = false;

/** One connection, one request at a time. */
class Connection {
  #text = '';

  async open() {
    this.socket = connect({ host: hostname, port: Number(port), noDelay: true }).setEncoding('latin1');
    await once(this.socket, 'connect');
    this.socket.on('data', (text) => this.#read(text)).on('close', () => this.#onClose());
    this.socket.on('error', () => undefined);
    return this;
  }

  send(request) {
    this.#text = '';
    this.socket.write(request);
  }

  #read(text) {
    this.#text += text;
    const headEnd = this.#text.indexOf('\r\n\r\n');
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(this.#text)?.[1]);
    if (headEnd !== -1 && this.#text.length >= headEnd + 4 + length)
      this.#end(/^HTTP\/1\.1 20/.test(this.#text));
  }

  #end(isOk) {
    calls += 1;
    if (!isOk) failed += 1;
    const next = waiting.shift();
    if (next === undefined) idle.push(this);
    else this.send(next);
  }

  #onClose() {
    if (isOver) return;
    console.error('the gateway closed the connection of an instance');
    process.exit(1);
  }
}

const post = (path, body) => {
  const json = JSON.stringify(body);
  const head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${json.length}`;
  const request = `${head}\r\n\r\n${json}`;
  // The connection that was idle for longest, so that all stay in use.
  const connection = idle.shift();
  if (connection === undefined) waiting.push(request);
  else connection.send(request);
};

idle.push(...(await Promise.all(Array.from({ length: CONNECTIONS }, () => new Connection().open()))));
const crowd = {
  name: 'crowd',
  url: 'http://127.0.0.1:9',
  ttlSeconds: 15,
  metadata: { 'gateway.health-check.interval-ms': '0' },
};
for (const id of ids) post('/discovery/register', { ...crowd, id });
while (calls < ids.length) await sleep(10);
process.on('SIGTERM', () => (isOver = true));
process.on('SIGUSR2', () => (isPaused = !isPaused));
writeFileSync(readyFile, '');

// Like independent instances: spread over the period, at random intervals.
const randomGapMs = () => (-Math.log(1 - Math.random()) * EVERY_MS) / ids.length;
let due = performance.now();
for (let sent = 0; !isOver; await sleep(1)) {
  const now = performance.now();
  if (isPaused) due = now + randomGapMs();
  for (; due <= now; due += randomGapMs(), sent += 1)
    post(`/discovery/heartbeat/${ids[sent % ids.length]}`, { inFlight: 1, loopLagMs: 1, ready: true });
}
writeFileSync(resultFile, JSON.stringify({ calls, failed }));
process.exit(0);
