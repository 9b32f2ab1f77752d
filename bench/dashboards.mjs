/**
 * `node bench/dashboards.mjs [INSTANCES] [READERS] [CHANGES]`: measures what open dashboards cost a built gateway, as CPU
 * time beside the same gateway without readers. Every instance is registered, sends heartbeats and receives requests.
 * CHANGES instances a second leave, and come back with the next change. Linux.
 */
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcesses, startApp } from '#testing';
import { cpuOf } from './lib/cpu.mjs';

const [instances = 1000, readers = 100, changesPerSecond = 0] = process.argv.slice(2).map(Number);
const SERVICES = 20;
const TTL_SECONDS = 15;
const HEARTBEATS_PER_LEASE = 4;
const REQUESTS_PER_SECOND = 200;
const SETTLE_MS = 15_000;
const MEASURE_MS = 20_000;

/** One server stands for all instances: each has a loopback address of its own. */
const server = createServer((_request, response) => response.end('{}')).listen(0, '0.0.0.0');
await once(server, 'listening');
const { port } = server.address();
const addressOf = (i) => `127.1.${i >> 8}.${i & 255}`;

const gateway = await startApp('gateway', {
  GATEWAY_PORT: '0',
  GATEWAY_HOST: '127.0.0.1',
  LOG_LEVEL: 'INFO',
});

const post = (path, body) =>
  fetch(gateway.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).then((response) => response.text());

const register = (i) =>
  post('/discovery/register', {
    name: `service-${i % SERVICES}`,
    id: `instance-${i}`,
    url: `http://${addressOf(i + 1)}:${port}`,
    ttlSeconds: TTL_SECONDS,
  });
const leave = (i) => fetch(`${gateway.url}/discovery/unregister/instance-${i}`, { method: 'DELETE' });

for (let i = 0; i < instances; i += 1) await register(i);

/** The last requests meet a gateway that is stopping. */
const ignore = () => undefined;
/** One instance leaves, and the one before it comes back. */
function change(i) {
  void leave(i).catch(ignore);
  if (i > 0) void register(i - 1).catch(ignore);
}

const beatMs = (TTL_SECONDS * 1000) / HEARTBEATS_PER_LEASE / instances;
let beats = 0;
let changes = 0;
let requests = 0;
const startedAt = performance.now();
const timer = setInterval(() => {
  const passed = performance.now() - startedAt;
  for (; beats * beatMs < passed; beats += 1)
    void post(`/discovery/heartbeat/instance-${beats % instances}`, {
      inFlight: beats % 3,
      loopLagMs: 0.1,
    }).catch(ignore);
  for (; (requests * 1000) / REQUESTS_PER_SECOND < passed; requests += 1)
    get(`${gateway.url}/api/service-${requests % SERVICES}/`, (response) => response.resume()).on(
      'error',
      ignore,
    );
  for (; (changes * 1000) / changesPerSecond < passed; changes += 1) change(changes % instances);
}, 5);

/** Percent of one core that the gateway uses. */
async function load() {
  const before = cpuOf(gateway.process.pid);
  const since = performance.now();
  await sleep(MEASURE_MS);
  return (cpuOf(gateway.process.pid) - before) / (performance.now() - since) / 10;
}

const sockets = [];
let bytes = 0;
async function openReaders() {
  const { hostname, port: gatewayPort } = new URL(gateway.url);
  for (let i = 0; i < readers; i += 1) {
    const socket = connect(gatewayPort, hostname);
    socket.write('GET /dashboard/stream HTTP/1.1\r\nhost: localhost\r\n\r\n');
    socket.on('data', (chunk) => (bytes += chunk.length));
    sockets.push(socket);
    await once(socket, 'data');
  }
}
const closeReaders = () => sockets.splice(0).forEach((socket) => socket.destroy());

await sleep(SETTLE_MS);
const rounds = [];
for (let round = 0; round < 3; round += 1) {
  const without = await load();
  await openReaders();
  await sleep(2000);
  bytes = 0;
  const withReaders = await load();
  rounds.push({ without, withReaders, bytes: bytes / readers / (MEASURE_MS / 1000) });
  closeReaders();
}
clearInterval(timer);

console.log(
  `${instances} instances, ${readers} dashboards, ${REQUESTS_PER_SECOND} requests/s, ${changesPerSecond} changes/s; percent of a core`,
);
for (const { without, withReaders, bytes: each } of rounds)
  console.log(
    `without ${without.toFixed(1)}  with ${withReaders.toFixed(1)}  dashboards ${(withReaders - without).toFixed(1)}  ` +
      `${Math.round(each / 1000)} kB/s each`,
  );
await endProcesses();
server.close().closeAllConnections();
process.exit();
