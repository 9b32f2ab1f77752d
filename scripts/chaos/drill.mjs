import { setTimeout as sleep } from 'node:timers/promises';
import { acceptOwnCertificate } from '../smoke/certificate.mjs';
import { DrillError } from './drill-error.mjs';
import { GatewayClient } from './gateway-client.mjs';
import { Load } from './load.mjs';
import { ComposeOutage } from './outages/compose.mjs';
import { InjectedOutage } from './outages/injected.mjs';
import { ProcessOutage } from './outages/process.mjs';
import { Rotation } from './rotation.mjs';
import { hasRecovered } from './verdict.mjs';

const POLL_MS = 250;

/**
 * Runs a drill: load before, during and after a fault. Whatever happens, the fault ends.
 * @param interruption ends the drill early
 * @param tell called with lines about its progress
 * @returns what was observed; times are milliseconds since the drill began
 * @throws DrillError if it cannot be run
 */
export async function runDrill(options, interruption, tell) {
  await acceptOwnCertificate(new URL(options.url));
  const client = new GatewayClient(options);
  const instances = await client.instances(options.service);
  const targets = targetsOf(options, instances);
  const outage = await outageOf(options, client, targets);
  const path = await pathOf(options, client);
  const origin = performance.now();
  const now = () => performance.now() - origin;
  const rotation = await Rotation.follow(client, options.service, now);
  const drill = { path, startedAt: new Date(), targets: outage.names, up: rotation.up, rotation };
  tell(
    `${options.fault} ${outage.names.join(', ')}: ${options.beforeMs / 1000} s before, ${options.forMs / 1000} s, and after`,
  );
  drill.load = new Load(options.url + path, options, now);
  try {
    await pause(options.beforeMs, interruption);
    if (!interruption.aborted) await during(drill, outage, options.forMs, interruption, now);
    await after(drill, options, interruption, now);
  } finally {
    rotation.close();
    await drill.load.stop();
  }
  return observed(drill, now(), interruption.aborted);
}

const observed = ({ load, rotation, ...drill }, endMs, isInterrupted) => ({
  ...drill,
  ...{ samples: load.samples, changes: rotation.changes, endMs, isInterrupted },
});

async function during(drill, outage, ms, interruption, now) {
  // Instances may have registered since the drill began.
  drill.up = drill.rotation.up;
  drill.faultMs = now();
  try {
    await outage.begin();
    await pause(ms, interruption);
  } finally {
    await outage.end();
    drill.faultEndMs = now();
  }
}

/** Until the service has recovered, or is late to. */
async function after(drill, { limits, beforeMs }, interruption, now) {
  if (drill.faultEndMs === undefined) return;
  const lastMs = drill.faultEndMs + Math.max(limits.recoverMs, beforeMs);
  await pause(beforeMs, interruption);
  while (now() < lastMs && !interruption.aborted && !hasRecovered(observed(drill, now())))
    await pause(POLL_MS, interruption);
}

const pause = (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined);

function targetsOf({ service, instance, all }, instances) {
  if (instances.length === 0) throw new DrillError(`${service} has no registered instance`);
  const up = instances.filter(({ status }) => status === 'up');
  if (up.length === 0) throw new DrillError(`no instance of ${service} is up`);
  if (instance === undefined) return all ? up : up.slice(0, 1);
  const named = up.filter(({ id }) => id === instance);
  if (named.length > 0) return named;
  throw new DrillError(
    `${service} has no instance ${instance} that is up; there are ${up.map(({ id }) => id).join(', ')}`,
  );
}

function outageOf(options, client, targets) {
  if (options.compose) return ComposeOutage.of(options);
  const { fault, service, pid, process: isProcess } = options;
  if (pid === undefined && !isProcess) return new InjectedOutage(client, targets, options);
  if (targets.some(({ transport }) => transport === 'local')) {
    const option = isProcess ? '--process' : '--pid';
    throw new DrillError(`${service} runs in the process of the gateway: drill it without ${option}`);
  }
  return isProcess ? ProcessOutage.of(fault, targets) : new ProcessOutage(fault, [pid]);
}

/** The path that the load requests: the given one, or the first usual one that succeeds. */
async function pathOf({ service, path }, client) {
  const list = `/${service.replace(/-service$/, '')}s?limit=1`;
  const candidates = (path === undefined ? [list, '/health/ready', '/'] : [path]).map(
    (each) => `/api/${service}${each}`,
  );
  const statuses = [];
  for (const candidate of candidates) {
    const status = await client.statusOf(candidate);
    if (status < 400) return candidate;
    statuses.push(`GET ${candidate} responded ${status}`);
  }
  const isRefused = statuses.some((text) => /40[13]$/.test(text));
  const credentials = isRefused ? ', and send credentials with --header' : '';
  throw new DrillError(`${statuses.join('; ')}. Choose what the load requests with --path${credentials}`);
}
