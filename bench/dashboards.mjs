/**
 * `node bench/dashboards.mjs [INSTANCES] [READERS] [CHANGES]`: measures what open dashboards cost a built gateway, as CPU
 * time beside the same gateway without readers. Every instance is registered, sends heartbeats and receives requests.
 * CHANGES instances a second leave, and come back with the next change. A machine that is too busy for these rates lowers
 * them, and the output says so. Linux.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcesses, startApp } from '#testing';
import { cpuOf } from './lib/cpu.mjs';

const [instances = 1000, readers = 100, changesPerSecond = 0] = process.argv.slice(2).map(Number);
const SERVICES = 20;
const TTL_SECONDS = 15;
const HEARTBEATS_PER_LEASE = 4;
const REQUESTS_PER_SECOND = 200;
/** Of each kind. Without a limit, a busy machine opens thousands of connections, which delay everything else. */
const MOST_IN_FLIGHT = 32;
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

/** One instance leaves, and the one before it comes back. */
const change = (i) => Promise.all([leave(i % instances), i > 0 ? register((i - 1) % instances) : undefined]);

const heartbeat = (i) =>
  post(`/discovery/heartbeat/instance-${i % instances}`, { inFlight: i % 3, loopLagMs: 0.1 });

const forward = (i) =>
  fetch(`${gateway.url}/api/service-${i % SERVICES}/`).then((response) => response.text());

/** The last requests meet a gateway that is stopping. */
const ignore = () => undefined;

/** Sends the number-th request of a kind at a rate. Skips what is due while too many wait for a response. */
function paced(perSecond, send) {
  let [due, sent, inFlight] = [0, 0, 0];
  const sendOne = () => {
    inFlight += 1;
    void send(sent++)
      .catch(ignore)
      .finally(() => (inFlight -= 1));
  };
  return {
    sendDue(passedMs) {
      for (; due * 1000 < passedMs * perSecond; due += 1) if (inFlight < MOST_IN_FLIGHT) sendOne();
    },
    percentSent: () => (due > 0 ? Math.floor((sent / due) * 100) : 100),
  };
}

const load = {
  heartbeats: paced((instances * HEARTBEATS_PER_LEASE) / TTL_SECONDS, heartbeat),
  requests: paced(REQUESTS_PER_SECOND, forward),
  changes: paced(changesPerSecond, change),
};
const startedAt = performance.now();
const timer = setInterval(() => {
  for (const kind of Object.values(load)) kind.sendDue(performance.now() - startedAt);
}, 5);

/** Percent of one core that the gateway uses. */
async function cpuPercent() {
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
  const without = await cpuPercent();
  await openReaders();
  await sleep(2000);
  bytes = 0;
  const withReaders = await cpuPercent();
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
for (const [kind, { percentSent }] of Object.entries(load))
  if (percentSent() < 98)
    console.log(`This machine is too busy: ${percentSent()} % of the ${kind} were sent`);
await endProcesses();
server.close().closeAllConnections();
process.exit();
