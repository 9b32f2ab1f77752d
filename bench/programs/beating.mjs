/** Registers instances that are nowhere, and beats for each every five seconds. `gateway, count`; SIGTERM ends it. */
import { writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { failed, send } from '../lib/fleet/load.mjs';

const [gateway, count, readyFile, resultFile] = process.argv.slice(2);
const EVERY_MS = 5000;
const agent = new Agent({ keepAlive: true, maxSockets: 32 });
const results = [];
let isOver = false;

const post = async (path, body) =>
  results.push({ status: await send(agent, `${gateway}${path}`, { method: 'POST', body }) });

const ids = Array.from({ length: Number(count) }, (_, index) => `crowd-${index}`);
const registrations = ids.map((id) =>
  post('/discovery/register', { name: 'crowd', id, url: 'http://127.0.0.1:9', ttlSeconds: 15 }),
);
await Promise.all(registrations);
writeFileSync(readyFile, '');
process.on('SIGTERM', () => (isOver = true));

// Spread over the period, as a fleet is.
const startedAt = performance.now();
for (let sent = 0; !isOver; await sleep(5)) {
  const due = ((performance.now() - startedAt) / EVERY_MS) * ids.length;
  for (; sent < due; sent += 1)
    void post(`/discovery/heartbeat/${ids[sent % ids.length]}`, { inFlight: 1, loopLagMs: 1 });
}
writeFileSync(resultFile, JSON.stringify({ calls: results.length, failed: failed(results) }));
process.exit(0);
