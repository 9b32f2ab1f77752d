/**
 * `npm run drill`: measures how instances that crash, stall, fail or are slow affect clients of the gateway. Runs a built
 * gateway and instances as processes on loopback, and prints a table. The suites in test/resilience check the same behaviour
 * in less time. Arguments select drills by name.
 */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcesses, launchNode, startApp } from '#testing';

const startGateway = () =>
  startApp('gateway', {
    GATEWAY_PORT: '0',
    GATEWAY_HOST: '127.0.0.1',
    LOG_LEVEL: 'INFO',
    DATA_PLANE: process.env.DATA_PLANE ?? 'wire',
  });

/** Instances of the current drill. */
const instances = [];

async function startInstance(
  gateway,
  service,
  id,
  { behaviour = 'ok', delayMs = 5, port = 0, metadata = {} } = {},
) {
  const args = [gateway.url, service, id, port, behaviour, delayMs, JSON.stringify(metadata)].map(String);
  const instance = launchNode('test/resilience/support/instance.mjs', args);
  instances.push(instance);
  const [url] = await instance.waitForOutput(/http:\S+/);
  return { process: instance, url };
}

/** Sends requests at a constant rate, independent of responses, over `clients` connections. */
async function load({ url, service, method = 'GET', perSecond, ms, clients = 64, patienceMs = 20_000 }) {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const results = [];
  const send = () =>
    new Promise((resolve) => {
      const since = performance.now();
      const end = (status) => resolve(results.push({ status, at: since, ms: performance.now() - since }));
      request(
        `${url}/api/${service}/x`,
        { agent, method, signal: AbortSignal.timeout(patienceMs) },
        (response) => {
          response.on('close', () => end(response.complete ? response.statusCode : 0)).resume();
        },
      )
        .on('error', () => end(0))
        .end();
    });
  const startedAt = performance.now();
  const sent = [];
  while (performance.now() - startedAt < ms) {
    const due = ((performance.now() - startedAt) * perSecond) / 1000;
    while (sent.length < due) sent.push(send());
    await sleep(2);
  }
  await Promise.all(sent);
  agent.destroy();
  return results;
}

const failed = (results) => results.filter(({ status }) => status !== 200).length;
const p99 = (results) => {
  const times = results.map(({ ms }) => ms).sort((a, b) => a - b);
  return times[Math.floor(times.length * 0.99)] ?? 0;
};
const ms = (value) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

const statusOf = async (gateway, id) =>
  (await (await fetch(`${gateway.url}/discovery/services/${id}`)).json()).status;

async function untilStatus(gateway, id, status) {
  const since = performance.now();
  while ((await statusOf(gateway, id)) !== status) {
    if (performance.now() - since > 20_000) return Infinity;
    await sleep(10);
  }
  return performance.now() - since;
}

const startThree = (gateway, service, options) =>
  Promise.all(['a', 'b', 'c'].map((id) => startInstance(gateway, service, `${service}-${id}`, options)));

/** Result of a drill: the measurements, the target, and whether it is met. */
const outcome = (figures, target, isMet) => ({ figures, target, isMet });

/** Sends a signal to one of three instances under load, and measures the effect. */
async function signalUnderLoad(gateway, service, signal, method, metadata = {}) {
  const [victim] = await startThree(gateway, service, { metadata });
  const id = `${service}-a`;
  const traffic = load({ url: gateway.url, service, method, perSecond: 500, ms: 8_000 });
  await sleep(3_000);
  const signalledAt = performance.now();
  victim.process.signal(signal);
  const ejectedMs = await untilStatus(gateway, id, 'down');
  if (signal === 'SIGSTOP') victim.process.signal('SIGCONT');
  else await startInstance(gateway, service, id, { port: new URL(victim.url).port, metadata });
  const restoredMs = await untilStatus(gateway, id, 'up');
  const results = await traffic;
  const bad = results.filter(({ status }) => status !== 200);
  // A request that was sent while the signal was being delivered may be in flight too.
  const late = bad.filter(({ at }) => at > signalledAt + (signal === 'SIGSTOP' ? ejectedMs : 5)).length;
  const statuses = [...new Set(bad.map(({ status }) => status))].join('/');
  return { results, failures: bad.length, statuses, late, ejectedMs, restoredMs };
}

const describeEffect = ({ results, failures, statuses, late, ejectedMs, restoredMs }) =>
  `${results.length} requests, ${failures} failed${failures > 0 ? ` (status ${statuses})` : ''}, ${late} of them sent later; ejected after ${ms(ejectedMs)}, restored after ${ms(restoredMs)}`;

async function kill(gateway, service, method) {
  const seen = await signalUnderLoad(gateway, service, 'SIGKILL', method);
  const isMet = method === 'GET' ? seen.failures === 0 : seen.late === 0;
  const cost = method === 'GET' ? '0 failed' : 'only requests in flight fail';
  return outcome(
    describeEffect(seen),
    `${cost}, ejected < 1 s, restored < 2 s`,
    isMet && seen.ejectedMs < 1_000 && seen.restoredMs < 2_000,
  );
}

/** Each of 64 connections may have one time-out, which is one second here. */
async function suspend(gateway) {
  const metadata = { 'gateway.timeout.response-header-ms': '1000' };
  const seen = await signalUnderLoad(gateway, 'stopped', 'SIGSTOP', 'GET', metadata);
  const isMet = seen.failures <= 64 && seen.late === 0 && seen.ejectedMs < 3_000;
  return outcome(describeEffect(seen), 'one time-out per connection, ejected < 3 s', isMet);
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Alternates between load alone and load beside bad services, so that other work on the machine affects both. */
async function isolation(gateway, ...behaviours) {
  for (const behaviour of behaviours)
    await startInstance(gateway, behaviour, `${behaviour}-all`, { behaviour });
  const own = { url: gateway.url, service: 'good', perSecond: 300 };
  await load({ ...own, ms: 1_000 });
  const rounds = [];
  for (let round = 0; round < 5; round += 1) {
    const alone = await load({ ...own, ms: 2_000 });
    const bad = behaviours.map((service) =>
      load({ url: gateway.url, service, perSecond: 100, ms: 2_200, patienceMs: 1_500 }),
    );
    const beside = await load({ ...own, ms: 2_000 });
    await Promise.all(bad);
    rounds.push({ alone: p99(alone), beside: p99(beside), failures: failed(beside) });
  }
  const alone = median(rounds.map((round) => round.alone));
  const beside = median(rounds.map((round) => round.beside));
  const failures = rounds.reduce((sum, round) => sum + round.failures, 0);
  const change = (beside / alone - 1) * 100;
  return outcome(
    `p99 of another service ${ms(alone)} alone, ${ms(beside)} beside it (${change.toFixed(0)} %), ${failures} failed`,
    'p99 within 20 %, 0 failed',
    change <= 20 && failures === 0,
  );
}

async function outage(gateway) {
  const metadata = { 'gateway.breaker.failure-percent': '0' };
  const members = await startThree(gateway, 'outage', { behaviour: 'unavailable', metadata });
  const results = await load({ url: gateway.url, service: 'outage', perSecond: 500, ms: 6_000 });
  const seen = await Promise.all(
    members.map(async ({ url }) => Number(await (await fetch(`${url}/received`)).text())),
  );
  const total = seen.reduce((sum, each) => sum + each, 0);
  const growth = (total / results.length - 1) * 100;
  return outcome(
    `${results.length} requests, ${total} upstream requests: ${growth.toFixed(1)} % more`,
    'at most 20 % more upstream requests',
    growth <= 20,
  );
}

const receivedBy = async (url) => Number(await (await fetch(`${url}/received`)).text());

async function recovery(gateway) {
  const members = await startThree(gateway, 'recovery');
  const ports = members.map(({ url }) => new URL(url).port);
  const traffic = load({ url: gateway.url, service: 'recovery', perSecond: 500, ms: 9_000 });
  await sleep(2_000);
  for (const { process: instance } of members) instance.signal('SIGKILL');
  await sleep(2_000);
  const startedAt = performance.now();
  const again = await Promise.all(
    ports.map((port, i) => startInstance(gateway, 'recovery', `recovery-${'abc'[i]}`, { port })),
  );
  const before = await Promise.all(again.map(({ url }) => receivedBy(url)));
  const countedAt = performance.now();
  await sleep(1_000);
  const later = await Promise.all(again.map(({ url }) => receivedBy(url)));
  const seconds = (performance.now() - countedAt) / 1_000;
  const rates = later.map((count, i) => (count - before[i]) / seconds);
  const results = await traffic;
  const first = results.find(({ at, status }) => at > startedAt && status === 200)?.at ?? Infinity;
  const second = results.filter(({ at }) => at >= first && at < first + 1_000);
  const upstream = rates.reduce((sum, each) => sum + each, 0);
  return outcome(
    `first response ${ms(first - startedAt)} after the start of new processes; in the next second ${second.length} requests, ` +
      `${failed(second)} failed, p99 ${ms(p99(second))}; instances received ${rates.map((each) => each.toFixed(0)).join('+')}/s`,
    'at most 20 % more upstream requests than client requests',
    upstream <= 600,
  );
}

async function skew(gateway) {
  const results = {};
  for (const balancer of ['round-robin', 'power-of-two']) {
    const metadata = { 'gateway.balancer': balancer };
    const delays = Object.entries({ a: 100, b: 10, c: 10, d: 10 });
    await Promise.all(
      delays.map(([id, delayMs]) =>
        startInstance(gateway, balancer, `${balancer}-${id}`, { delayMs, metadata }),
      ),
    );
    await load({ url: gateway.url, service: balancer, perSecond: 200, ms: 2_000 });
    results[balancer] = p99(await load({ url: gateway.url, service: balancer, perSecond: 200, ms: 6_000 }));
  }
  const [roundRobin, powerOfTwo] = Object.values(results);
  return outcome(
    `p99 round robin ${ms(roundRobin)}, power of two ${ms(powerOfTwo)}: ${(roundRobin / powerOfTwo).toFixed(1)} times lower`,
    'at least 3 times lower',
    roundRobin / powerOfTwo >= 3,
  );
}

const BAD = ['fails', 'silent', 'resets', 'garbage', 'trickles'];
const DRILLS = {
  'kill -9, GET': (gateway) => kill(gateway, 'reads', 'GET'),
  'kill -9, POST': (gateway) => kill(gateway, 'writes', 'POST'),
  'SIGSTOP, GET': suspend,
  ...Object.fromEntries(BAD.map((bad) => [`a service that ${bad}`, (gateway) => isolation(gateway, bad)])),
  'all of these at once': (gateway) => isolation(gateway, ...BAD),
  'outage: all return 503': outage,
  'recovery from an outage': recovery,
  'one of four ten times slower': skew,
};

const wanted = process.argv.slice(2);
const gateway = await startGateway();
try {
  await startInstance(gateway, 'good', 'good-a');
  // Serves every drill.
  instances.pop();
  for (const [name, drill] of Object.entries(DRILLS)) {
    if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
    const { figures, target, isMet } = await drill(gateway);
    if (!isMet) process.exitCode = 1;
    console.log(`${isMet ? 'met   ' : 'MISSED'} | ${name.padEnd(28)} | ${target.padEnd(42)} | ${figures}`);
    for (const instance of instances.splice(0)) instance.signal('SIGKILL');
  }
} finally {
  await endProcesses();
}
