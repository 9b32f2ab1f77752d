/**
 * `npm run start:split`: the gateway and the three services, each a process of its own, on embedded stores.
 *
 * While the system starts, an app that ends takes the others with it: something is wrong with the set-up. Later an app
 * that ends is named and the others go on, as on real machines: the gateway answers for a missing service.
 */
import './lib/node-version.mjs';
import { ensureBuilt } from './lib/build.mjs';
import { followParent } from './lib/follow-parent.mjs';
import { AppProcess } from './split/app-process.mjs';
import { badConfiguration } from './split/bad-configuration.mjs';
import { answers, gatewayAddress, isFree, servicesUp } from './split/gateway.mjs';

const SERVICES = ['user-service', 'order-service', 'product-service'];

await ensureBuilt();
const { port, url } = await gatewayAddress(process.env);
// A port that is none is named by the gateway itself.
if (URL.canParse(url) && !(await isFree(url))) {
  console.error(`gateway: the port is already taken (port ${port})`);
  process.exit(1);
}
const env = { ...process.env, GATEWAY_PORT: port, REGISTRY_URL: url };
const apps = [];
let phase = 'starting';

function start(name) {
  const app = new AppProcess(name, env);
  apps.push(app);
  void app.ended.then((how) => onEnd(app, how));
}

function onEnd(app, how) {
  if (phase === 'stopping') return;
  console.error(
    `${app.name} ended (${how})${phase === 'starting' ? '; stopping the others' : '; the others go on'}`,
  );
  if (phase === 'starting') void giveUp(app);
  else if (apps.every(({ running }) => !running)) process.exit(1);
}

/** An app names its own bad variables; whoever mends those should not have to find the others' one by one. */
async function giveUp({ lastWords }) {
  phase = 'stopping';
  const isMisconfigured = lastWords.includes('bad configuration');
  // What was set, not what we made of it: services are given a REGISTRY_URL that follows from GATEWAY_PORT.
  const asked = { ...process.env, REGISTRY_URL: undefined };
  const problem = isMisconfigured && (await badConfiguration(['gateway', ...SERVICES], asked));
  if (problem) console.error(`all apps: ${problem}`);
  // Nobody has sent anything yet: the services first, so that none of them misses its registry.
  const [gateway, ...services] = apps;
  await Promise.all(services.map((service) => service.stop('SIGINT')));
  await gateway.stop('SIGINT');
  process.exit(1);
}

/** The gateway first: what it still forwards needs the services. After it nobody is left who would have to notice. */
async function stop(signal) {
  phase = 'stopping';
  const [gateway, ...services] = apps;
  await gateway.stop(signal);
  await Promise.all(services.map((service) => service.stop('SIGINT')));
  process.exit(apps.every(({ clean }) => clean) ? 0 : 1);
}

function onSignal(signal) {
  if (phase !== 'stopping') return void stop(signal);
  for (const app of apps) app.kill();
  process.exit(130);
}

/** The terminal has closed, or the reader of a pipe has ended: later output arrives nowhere. Each failed write says so. */
function onOutputClosed() {
  if (phase !== 'stopping') void stop('SIGINT');
}

process
  .on('SIGTERM', onSignal)
  .on('SIGINT', onSignal)
  .on('SIGHUP', () => onSignal('SIGINT'));
for (const output of [process.stdout, process.stderr]) output.on('error', onOutputClosed);
followParent();

start('gateway');
await answers(url, () => phase === 'starting');
// The registry answers now, so the services find it at once.
if (phase === 'starting') SERVICES.forEach(start);
await servicesUp(url, SERVICES, () => phase === 'starting');
if (phase === 'starting') {
  phase = 'running';
  console.log(`ready: open ${url}`);
}
