/**
 * `npm run drill:fleet`: two gateways that share a Redis, behind nginx. Measures how fast changes propagate, and the effect of losing
 * Redis, gateways or services. Runs built apps, redis-server and nginx on loopback, and prints a table. The suites in test/faults and
 * test/nginx check the same behaviour in less time. Arguments select drills by name.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SseReader } from '#testing';
import { failed, Load, quantile, send } from './lib/fleet/load.mjs';
import {
  cleanUp,
  endAll,
  launch,
  usageOf,
  startGateway,
  startNginx,
  startRedis,
  startUsers,
  until,
} from './lib/fleet/processes.mjs';
import { openLoop } from './lib/load/open-loop.mjs';
import { startUpstream } from './lib/upstream.mjs';

const TRIALS = Number(process.env.TRIALS ?? 200);
const OUTAGE_MS = Number(process.env.OUTAGE_SECONDS ?? 30) * 1000;
const CROWD = Number(process.env.CROWD ?? 10_000);
const ROUNDS = Number(process.env.ROUNDS ?? 10);
// Shorter than a lease minus the heartbeat interval, because heartbeats stop for as long.
const WINDOW_SECONDS = 5;
const CHECKS_SECONDS = 30;

const ms = (value) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const p99 = (results) =>
  quantile(
    results.map((result) => result.ms),
    0.99,
  );
const json = async (url) => (await fetch(url)).json();
const post = (url, body) => send(undefined, url, { method: 'POST', body });

const register = (gateway, body) =>
  post(`${gateway.url}/discovery/register`, {
    name: 'users',
    ttlSeconds: 300,
    url: 'http://127.0.0.1:9',
    ...body,
  });

async function healthyAt({ url }, service) {
  return (await json(`${url}/services`)).find(({ name }) => name === service)?.instances.healthy ?? 0;
}

async function startPair() {
  const redis = await startRedis();
  const gateways = await Promise.all([1, 2].map(() => startGateway({ REDIS_URL: redis.url })));
  return { redis, gateways };
}

async function startFleet() {
  const pair = await startPair();
  const nginx = await startNginx(pair.gateways);
  const services = [await startUsers(nginx.url), await startUsers(nginx.url)];
  const isComplete = async () =>
    (await Promise.all(pair.gateways.map((each) => healthyAt(each, 'user-service')))).every((n) => n === 2);
  await until('the fleet', isComplete);
  return { ...pair, nginx, services, isComplete };
}

async function propagation() {
  const { gateways } = await startPair();
  const [one, other] = gateways;
  const reader = await SseReader.open(`${other.url}/discovery/events`);
  const trials = async (type, act) => {
    const times = [];
    for (let i = 0; i < TRIALS; i += 1) {
      // Only events of this trial count.
      reader.events.length = 0;
      const received = reader.next(({ event, data }) => event === type && data.instanceId === `i${i}`);
      const since = performance.now();
      const acted = act(i);
      await received;
      times.push(performance.now() - since);
      await acted;
    }
    return `p50 ${ms(quantile(times, 0.5))}, p99 ${ms(quantile(times, 0.99))}`;
  };
  const registrations = await trials('registered', (i) => register(one, { id: `i${i}` }));
  const drains = await trials('draining', (i) => post(`${one.url}/discovery/services/i${i}/drain`));
  // One service per trial: a request to its only instance is refused, and the gateway ejects the instance.
  for (let i = 0; i < TRIALS; i += 1) await register(one, { name: `closed-${i}`, id: `i${i}` });
  const ejections = await trials('status-changed', (i) => send(undefined, `${one.url}/api/closed-${i}/`));
  const unregistrations = await trials('unregistered', (i) =>
    send(undefined, `${one.url}/discovery/unregister/i${i}`, { method: 'DELETE' }),
  );
  reader.leave();
  return [
    ['registration', registrations],
    ['drain', drains],
    ['ejection', ejections],
    ['deregistration', unregistrations],
  ].map(([what, times]) => [`${what}, ${TRIALS} trials`, times]);
}

/** Redis fails under load and returns empty, or unchanged (`SIGSTOP`). */
async function redisOutage(signal) {
  const { redis, gateways, nginx, isComplete } = await startFleet();
  await register(gateways[0], { name: 'someone', id: 'before' });
  const load = new Load(`${nginx.url}/api/user-service/users?limit=5`, 200);
  await sleep(1000);
  redis.process.signal(signal);
  await until('writes to be refused', async () => (await register(gateways[1], { id: 'late' })) === 503);
  const writes = [];
  const since = performance.now();
  while (performance.now() - since < OUTAGE_MS) {
    writes.push(await register(gateways[writes.length % 2], { id: 'late' }));
    await sleep(250);
  }
  const back = performance.now();
  if (signal === 'SIGSTOP') redis.process.signal('SIGCONT');
  else await startRedis(redis.port);
  await until('both gateways to accept writes and to have equal registries', async () => {
    const statuses = await Promise.all(
      gateways.map((gateway, i) => register(gateway, { name: 'after', id: `after-${i}` })),
    );
    const known = await Promise.all(gateways.map((gateway) => json(`${gateway.url}/discovery/services`)));
    const ids = known.map((instances) =>
      instances
        .map(({ id }) => id)
        .sort()
        .join(),
    );
    return (
      statuses.every((status) => status < 300) &&
      ids[0] === ids[1] &&
      ids[0].includes('before') &&
      (await isComplete())
    );
  });
  const equalAfterMs = performance.now() - back;
  await sleep(1000);
  const results = await load.stop();
  return [
    [`${results.length} requests during the outage`, `${failed(results)} failed, p99 ${ms(p99(results))}`],
    [
      `${writes.length} registry writes during the outage`,
      `${writes.filter((status) => status === 503).length} returned 503`,
    ],
    ['both registries equal after its return', ms(equalAfterMs)],
  ];
}

const medianOf = (windows, name) =>
  quantile(
    windows.map((window) => window[name]),
    0.5,
  );

function describeWindows(windows) {
  const [cpu, megabytes, p50Ms, p99Ms] = ['cpu', 'megabytes', 'p50Ms', 'p99Ms'].map((name) =>
    medianOf(windows, name),
  );
  const failures = windows.reduce((sum, window) => sum + window.failures, 0);
  return `CPU ${cpu.toFixed(0)} %, ${megabytes.toFixed(0)} MB, p50 ${ms(p50Ms)}, p99 ${ms(p99Ms)}, ${failures} failed`;
}

/**
 * The effect of heartbeats of 10,000 instances on other requests. Windows with and without heartbeats alternate, and their medians are
 * compared, because single windows differ by more than the effect. As in benchmarks the gateway has a core of its own; load and
 * upstream share the others.
 */
async function crowd(store) {
  const env = store === 'Redis' ? { REDIS_URL: (await startRedis()).url } : {};
  const gateway = await startGateway(env, 'gateway');
  const files = mkdtempSync(join(tmpdir(), 'heartbeats-'));
  const upstream = await startUpstream(files);
  await register(gateway, { name: 'good', id: 'good', url: `http://127.0.0.1:${upstream.port}` });
  const url = `${gateway.url}/api/good/`;
  const window = async () => {
    const before = usageOf(gateway.pid);
    const run = { url, connections: 64, rate: 300, seconds: WINDOW_SECONDS };
    const { p50Ms, p99Ms, failures } = await openLoop.run(run);
    const { cpuSeconds, megabytes } = usageOf(gateway.pid);
    const cpu = ((cpuSeconds - before.cpuSeconds) / WINDOW_SECONDS) * 100;
    return { cpu, megabytes, p50Ms, p99Ms, failures };
  };
  await openLoop.run({ url, connections: 64, rate: 300, seconds: 4 });
  const [ready, result] = ['ready', 'result'].map((name) => join(files, name));
  const program = ['bench/programs/heartbeats.mjs', gateway.url, String(CROWD), ready, result];
  const heartbeats = launch(process.execPath, program, {}, 'load');
  const registered = await until('the crowd to register', () => existsSync(ready), 120_000);
  const windows = { alone: [], beside: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    heartbeats.signal('SIGUSR2');
    await sleep(500);
    windows.alone.push(await window());
    heartbeats.signal('SIGUSR2');
    await sleep(3000);
    windows.beside.push(await window());
  }
  // Longer than a lease: an instance whose heartbeats were lost would have expired.
  await sleep(16_000);
  const healthy = await healthyAt(gateway, 'crowd');
  const events = await json(`${gateway.url}/discovery/events?since=0`);
  heartbeats.signal('SIGTERM');
  await heartbeats.exited;
  const { calls, failed: refused } = JSON.parse(readFileSync(result, 'utf8'));
  await upstream.child.stop();
  rmSync(files, { recursive: true });
  return [
    ['300 requests/s alone', describeWindows(windows.alone)],
    [`beside ${CROWD} instances, a heartbeat every 5 s each`, describeWindows(windows.beside)],
    [
      'ratio beside / alone',
      `p99 ${(medianOf(windows.beside, 'p99Ms') / medianOf(windows.alone, 'p99Ms')).toFixed(2)}`,
    ],
    [
      `registered in ${ms(registered)}; ${calls} calls, ${refused} failed`,
      `${CROWD - healthy} missing, ${events.filter(({ type }) => type === 'expired').length} leases expired`,
    ],
  ];
}

/**
 * The cost of health checks of 10,000 instances for the gateway. Instances share the sockets of one process, have long leases and send
 * no heartbeats, so only checks are measured: first connect checks alone, then with health checks.
 */
async function checks() {
  const files = mkdtempSync(join(tmpdir(), 'checks-'));
  const upstream = await startUpstream(files);
  const costOf = async (metadata) => {
    const gateway = await startGateway({}, 'gateway');
    for (let first = 0; first < CROWD; first += 100)
      await Promise.all(
        Array.from({ length: 100 }, (_, index) => {
          const host = upstream.addresses[index % upstream.addresses.length];
          return register(gateway, {
            id: `i${first + index}`,
            url: `http://${host}:${upstream.port}`,
            metadata,
          });
        }),
      );
    // Until the first health checks are due.
    await sleep(13_000);
    const before = usageOf(gateway.pid);
    await sleep(CHECKS_SECONDS * 1000);
    const { cpuSeconds, megabytes } = usageOf(gateway.pid);
    const instances = await json(`${gateway.url}/discovery/services?name=users`);
    const checked = instances.filter(({ lastProbe }) => lastProbe?.ok).length;
    await gateway.end('SIGKILL');
    const percent = ((cpuSeconds - before.cpuSeconds) / CHECKS_SECONDS) * 100;
    return `CPU ${percent.toFixed(1)} % of a core, ${megabytes.toFixed(0)} MB; ${checked} of ${CROWD} have had a health check`;
  };
  const rows = [
    ['connect checks only', await costOf({ 'gateway.health-check.interval-ms': '0' })],
    ['with health checks', await costOf({})],
  ];
  await upstream.child.stop();
  rmSync(files, { recursive: true });
  return rows;
}

const user = () => ({ method: 'POST', body: { email: `${randomUUID()}@example.com`, name: 'Someone' } });

/** Stops every process of the fleet in turn, while clients read and write through nginx. */
async function restartEach(restart) {
  const { gateways, services, nginx, isComplete } = await startFleet();
  const reads = new Load(`${nginx.url}/api/user-service/users?limit=5`, 150);
  const writes = new Load(`${nginx.url}/api/user-service/users`, 20, user);
  await sleep(1000);
  for (const app of [...gateways, ...services]) {
    await restart(app);
    await until('the fleet', isComplete);
    await sleep(1500);
  }
  const [read, written] = [await reads.stop(), await writes.stop()];
  const slowest = Math.max(...read.map((result) => result.ms));
  return [
    [`${read.length} GETs`, `${failed(read)} failed, p99 ${ms(p99(read))}, slowest ${ms(slowest)}`],
    [`${written.length} POSTs`, `${failed(written)} failed`],
  ];
}

async function stopAndStart(app) {
  const code = await app.end('SIGTERM');
  if (code !== 0) throw new Error(`${app.name} exited with ${code}`);
  await app.start();
}

async function killAndStart(app) {
  await app.end('SIGKILL');
  await sleep(1000);
  await app.start();
}

const DRILLS = {
  'propagation between two gateways': propagation,
  'Redis killed, returns empty': () => redisOutage('SIGKILL'),
  'Redis stalled': () => redisOutage('SIGSTOP'),
  'a crowd on one gateway, in memory': () => crowd('memory'),
  'a crowd on one gateway, on Redis': () => crowd('Redis'),
  'health checks of a crowd': checks,
  'rolling restart through nginx': () => restartEach(stopAndStart),
  'kill -9 of each through nginx': () => restartEach(killAndStart),
};

const wanted = process.argv.slice(2);
try {
  for (const [name, drill] of Object.entries(DRILLS)) {
    if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
    const rows = await drill();
    console.log(name);
    for (const [what, value] of rows) console.log(`  ${what.padEnd(52)} | ${value}`);
    await endAll();
  }
} finally {
  await cleanUp();
}
