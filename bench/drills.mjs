/**
 * `npm run drill`: what instances that die, stand still, fail or are slow cost those who call through the gateway. Runs a
 * built gateway and instances as processes on loopback, and prints a table. The suites in test/resilience check the same in
 * short; this one measures. Names of drills as arguments run those alone.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const processes = new Set();

async function launch(args, pattern, env = {}) {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  processes.add(child);
  child.once('exit', () => processes.delete(child));
  let text = '';
  for await (const chunk of child.stdout) {
    text += chunk;
    const found = pattern.exec(text);
    if (!found) continue;
    child.stdout.on('data', () => undefined).resume();
    return { child, url: found[1] ?? found[0] };
  }
  throw new Error(`it ended before it was ready: ${text}`);
}

const gatewayOf = () =>
  launch(['dist/apps/gateway/src/main.js'], /"url":"([^"]+)","msg":"gateway listens/, {
    GATEWAY_PORT: '0',
    GATEWAY_HOST: '127.0.0.1',
    LOG_LEVEL: 'INFO',
    DATA_PLANE: process.env.DATA_PLANE ?? 'wire',
  });

const instanceOf = (gateway, service, id, { behaviour = 'ok', delayMs = 5, port = 0, metadata = {} } = {}) =>
  launch(
    [
      'test/resilience/support/instance.mjs',
      ...[gateway.url, service, id, port, behaviour, delayMs, JSON.stringify(metadata)].map(String),
    ],
    /http:\S+/,
  );

/** Requests at a steady rate, whatever becomes of them, each from one of `clients` connections. */
async function load({ url, service, method = 'GET', perSecond, ms, clients = 64 }) {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const results = [];
  const send = () =>
    new Promise((resolve) => {
      const since = performance.now();
      const end = (status) => resolve(results.push({ status, at: since, ms: performance.now() - since }));
      request(`${url}/api/${service}/x`, { agent, method, timeout: 20_000 }, (answer) => {
        answer.on('close', () => end(answer.complete ? answer.statusCode : 0)).resume();
      })
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

async function until(gateway, id, status) {
  const since = performance.now();
  while ((await statusOf(gateway, id)) !== status) {
    if (performance.now() - since > 20_000) return Infinity;
    await sleep(10);
  }
  return performance.now() - since;
}

const three = (gateway, service, options) =>
  Promise.all(['a', 'b', 'c'].map((id) => instanceOf(gateway, service, `${service}-${id}`, options)));

/** Strikes one of three under load, and tells what that cost. */
async function strike(gateway, service, signal, method) {
  const [victim] = await three(gateway, service);
  const id = `${service}-a`;
  const traffic = load({ url: gateway.url, service, method, perSecond: 500, ms: 8_000 });
  await sleep(3_000);
  victim.child.kill(signal);
  const out = await until(gateway, id, 'down');
  let back;
  if (signal === 'SIGSTOP') {
    victim.child.kill('SIGCONT');
    back = await until(gateway, id, 'up');
  } else {
    await instanceOf(gateway, service, id, { port: new URL(victim.url).port });
    back = await until(gateway, id, 'up');
  }
  const results = await traffic;
  return [
    `${results.length} requests, ${failed(results)} failed`,
    `out after ${ms(out)}, back after ${ms(back)}`,
  ];
}

async function isolation(gateway, behaviour) {
  await instanceOf(gateway, behaviour, `${behaviour}-a`, { behaviour });
  const own = { url: gateway.url, service: 'good', perSecond: 300, ms: 4_000 };
  const alone = await load(own);
  const bad = load({ url: gateway.url, service: behaviour, perSecond: 100, ms: 4_500, clients: 64 });
  const beside = await load(own);
  void bad;
  return [
    `p99 of another service ${ms(p99(alone))} alone, ${ms(p99(beside))} beside it`,
    `${failed(beside)} failed`,
  ];
}

async function outage(gateway) {
  const metadata = { 'gateway.breaker.failure-percent': '0' };
  const members = await three(gateway, 'outage', { behaviour: 'unavailable', metadata });
  const results = await load({ url: gateway.url, service: 'outage', perSecond: 500, ms: 6_000 });
  const seen = await Promise.all(
    members.map(async ({ url }) => Number(await (await fetch(`${url}/seen`)).text())),
  );
  const total = seen.reduce((sum, each) => sum + each, 0);
  return [
    `${results.length} requests, ${total} upstream`,
    `${((total / results.length) * 100 - 100).toFixed(1)} % more`,
  ];
}

async function recovery(gateway) {
  const members = await three(gateway, 'recovery');
  const ports = members.map(({ url }) => new URL(url).port);
  const traffic = load({ url: gateway.url, service: 'recovery', perSecond: 500, ms: 9_000 });
  await sleep(2_000);
  for (const { child } of members) child.kill('SIGKILL');
  await sleep(2_000);
  const startedAt = performance.now();
  const again = await Promise.all(
    ports.map((port, i) => instanceOf(gateway, 'recovery', `recovery-${'abc'[i]}`, { port })),
  );
  const results = await traffic;
  const first = results.find(({ at, status }) => at > startedAt && status === 200)?.at ?? Infinity;
  const second = results.filter(({ at }) => at >= first && at < first + 1_000);
  void again;
  return [
    `first answer ${ms(first - startedAt)} after the start of new processes`,
    `first second: ${second.length} requests, ${failed(second)} failed, p99 ${ms(p99(second))}`,
  ];
}

async function skew(gateway) {
  const results = {};
  for (const balancer of ['round-robin', 'power-of-two']) {
    const metadata = { 'gateway.balancer': balancer };
    const delays = Object.entries({ a: 100, b: 10, c: 10, d: 10 });
    await Promise.all(
      delays.map(([id, delayMs]) =>
        instanceOf(gateway, balancer, `${balancer}-${id}`, { delayMs, metadata }),
      ),
    );
    await load({ url: gateway.url, service: balancer, perSecond: 200, ms: 2_000 });
    results[balancer] = p99(await load({ url: gateway.url, service: balancer, perSecond: 200, ms: 6_000 }));
  }
  const [inTurn, ofTwo] = Object.values(results);
  return [
    `p99 in turn ${ms(inTurn)}, power of two ${ms(ofTwo)}`,
    `${(inTurn / ofTwo).toFixed(1)} times better`,
  ];
}

const BAD = ['fails', 'silent', 'resets', 'garbage', 'trickles'];
const DRILLS = {
  'kill -9, GET': (gateway) => strike(gateway, 'reads', 'SIGKILL', 'GET'),
  'kill -9, POST': (gateway) => strike(gateway, 'writes', 'SIGKILL', 'POST'),
  'SIGSTOP, GET': (gateway) => strike(gateway, 'stopped', 'SIGSTOP', 'GET'),
  ...Object.fromEntries(BAD.map((bad) => [`a service that ${bad}`, (gateway) => isolation(gateway, bad)])),
  'outage: all answer 503': outage,
  'recovery from an outage': recovery,
  'one of four ten times slower': skew,
};

const wanted = process.argv.slice(2);
const gateway = await gatewayOf();
try {
  await instanceOf(gateway, 'good', 'good-a');
  for (const [name, drill] of Object.entries(DRILLS)) {
    if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
    const kept = new Set(processes);
    const [first, second] = await drill(gateway);
    console.log(`${name.padEnd(30)} | ${first.padEnd(62)} | ${second}`);
    for (const child of processes) if (!kept.has(child)) child.kill('SIGKILL');
  }
} finally {
  const left = [...processes];
  for (const child of left) child.kill('SIGKILL');
  await Promise.all(left.map((child) => once(child, 'exit')));
}
