/** `npm run soak`: mixed load on one gateway for a long time; fails if memory or file descriptors grow. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from './lib/child.mjs';
import { canMeasureCpu as hasProc } from './lib/cpu.mjs';
import { assess } from './lib/soak/assess.mjs';
import { MixedLoad } from './lib/soak/load.mjs';
import { HELP, readOptions } from './lib/soak/options.mjs';
import { sampleOf } from './lib/soak/sample.mjs';
import { gatewayTarget } from './lib/targets/gateway.mjs';
import { withWorkspace } from './lib/workspace.mjs';

const SAMPLES = 200;
const SHORTEST_STEP_MS = 200;
const LINES = 20;
const RELEASE_MS = 60_000;

async function startUpstream(directory) {
  const args = [new URL('./programs/soak-upstream.mjs', import.meta.url).pathname];
  const child = new Child({ role: 'load', command: process.execPath, args, directory });
  const { port } = await child.report();
  return { port, addresses: ['127.0.0.1'] };
}

async function startGateway(dataPlane, directory) {
  const target = gatewayTarget({ name: dataPlane, title: dataPlane, dataPlane });
  const missing = target.missing();
  if (missing !== undefined) throw new Error(missing);
  const running = await target.start({ upstream: await startUpstream(directory), directory });
  return { ...running, base: running.url + target.prefix };
}

const lineOf = ({ rssMb, descriptors }, load) =>
  `${rssMb.toFixed(0)} MB, ${descriptors} descriptors, ${load.total} turns, ${load.failed} failed`;

/** Samples while the load runs, renews the instance's lease and empties the gateway's log. */
async function sampleDuring(running, load, milliseconds) {
  const samples = [];
  const step = Math.max(SHORTEST_STEP_MS, milliseconds / SAMPLES);
  const end = Date.now() + milliseconds;
  for (let count = 1; Date.now() < end; count += 1) {
    await sleep(step);
    await running.prepare();
    samples.push(sampleOf(running.child.pid));
    if (count % Math.ceil(SAMPLES / LINES) === 0) console.log(lineOf(samples.at(-1), load));
  }
  return samples;
}

/** Idle connections close after an idle time, so descriptors may take that long to be released. */
async function descriptorsAfter(pid, before) {
  const deadline = Date.now() + RELEASE_MS;
  let { descriptors } = sampleOf(pid);
  while (descriptors > before && Date.now() < deadline) {
    await sleep(200);
    ({ descriptors } = sampleOf(pid));
  }
  return descriptors;
}

async function soak({ milliseconds, dataPlane }, directory) {
  const running = await startGateway(dataPlane, directory);
  const { pid } = running.child;
  const before = sampleOf(pid).descriptors;
  const load = new MixedLoad(running.base);
  const samples = await sampleDuring(running, load, milliseconds);
  await load.stop();
  const after = await descriptorsAfter(pid, before);
  return assess({ samples, load, descriptorsBefore: before, descriptorsAfter: after });
}

async function main() {
  const options = readOptions(process.argv.slice(2));
  if (options.help) return console.log(HELP);
  if (!hasProc)
    throw new Error('memory and file descriptors are read from /proc: the soak test runs on Linux only');
  const lines = await withWorkspace((directory) => soak(options, directory));
  for (const { ok, text } of lines) console.log(`${ok ? 'ok  ' : 'FAIL'} ${text}`);
  process.exitCode = lines.every(({ ok }) => ok) ? 0 : 1;
}

main().then(
  () => process.exit(),
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
