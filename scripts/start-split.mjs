/**
 * `npm run start:split`: runs the gateway and the services, each in a process of its own, on embedded stores.
 *
 * If an app fails during start-up, all stop. After start-up, a crashed app is reported and the rest keep running: the gateway
 * responds for a missing service.
 */
import './lib/node-version.mjs';
import { ensureBuilt } from './lib/build.mjs';
import { followParent } from './lib/follow-parent.mjs';
import { isPretty, logLine } from './lib/log-line.mjs';
import { SERVICES } from './lib/services.mjs';
import { AppProcess } from './split/app-process.mjs';
import { badConfiguration } from './split/bad-configuration.mjs';
import { gatewayAddress, gatewayUp, isFree, servicesUp } from './split/gateway.mjs';

await ensureBuilt();
const { port, url, adminPort, adminUrl } = await gatewayAddress(process.env);
// The gateway itself reports an invalid port.
if (URL.canParse(url) && !(await isFree(url))) {
  console.error(`gateway: the port is already taken (port ${port})`);
  process.exit(1);
}
const env = { ...process.env, GATEWAY_PORT: port, REGISTRY_URL: adminUrl };
// An app writes to a pipe, and cannot see that this script writes to a terminal.
if (isPretty()) Object.assign(env, { LOG_FORMAT: 'pretty' }, process.stdout.isTTY && { FORCE_COLOR: '1' });
if (adminPort) env.ADMIN_PORT = adminPort;
const apps = [];
let phase = 'starting';

function start(name) {
  const app = new AppProcess(name, env);
  apps.push(app);
  void app.ended.then((result) => onEnd(app, result));
}

function onEnd(app, result) {
  if (phase === 'stopping') return;
  console.error(
    `${app.name} ended (${result})${phase === 'starting' ? '; stopping the other apps' : '; the other apps keep running'}`,
  );
  if (phase === 'starting') void abortStart(app);
  else if (apps.every(({ running }) => !running)) process.exit(1);
}

/** An app names only its own invalid variables. This prints those of all apps, so that they can be corrected at once. */
async function abortStart({ lastErrorLine }) {
  phase = 'stopping';
  const isMisconfigured = lastErrorLine.includes('bad configuration');
  // The variables as they were set: the REGISTRY_URL that services receive is derived from GATEWAY_PORT.
  const environment = { ...process.env, REGISTRY_URL: undefined };
  const problem = isMisconfigured && (await badConfiguration(['gateway', ...SERVICES], environment));
  if (problem) console.error(`all apps: ${problem}`);
  // There is no traffic yet: services stop first, so that each can still deregister.
  const [gateway, ...services] = apps;
  await Promise.all(services.map((service) => service.stop('SIGINT')));
  await gateway.stop('SIGINT');
  process.exit(1);
}

/** The gateway stops first: requests that it still forwards need the services. Services need no delay after that. */
async function stop(signal) {
  phase = 'stopping';
  const [gateway, ...services] = apps;
  await gateway.stop(signal);
  await Promise.all(services.map((service) => service.stop('SIGINT')));
  logLine('split', `stopped: ${apps.map(({ name }) => name).join(', ')}`);
  process.exit(apps.every(({ clean }) => clean) ? 0 : 1);
}

function onSignal(signal) {
  if (phase !== 'stopping') return void stop(signal);
  for (const app of apps) app.kill();
  process.exit(130);
}

/** The terminal has closed, or the reader of a pipe has ended. Called for each failed write. */
function onOutputClosed() {
  if (phase !== 'stopping') void stop('SIGINT');
}

process
  .on('SIGTERM', onSignal)
  .on('SIGINT', onSignal)
  .on('SIGHUP', () => onSignal('SIGINT'));
if (process.platform !== 'win32')
  process.on('SIGUSR2', (signal) => apps.forEach((app) => app.signal(signal)));
for (const output of [process.stdout, process.stderr]) output.on('error', onOutputClosed);
followParent();

start('gateway');
await gatewayUp(url, () => phase === 'starting');
// The registry is up now, so the services register at once.
if (phase === 'starting') SERVICES.forEach(start);
await servicesUp(adminUrl, SERVICES, () => phase === 'starting');
// The registry lists a service before the service itself hears of it: what it then logs belongs to the start.
await Promise.all(apps.map(({ ready, ended }) => Promise.race([ready, ended])));
if (phase === 'starting') {
  phase = 'running';
  const clientUrl = adminUrl === url ? undefined : url;
  const [docs, seed] = [`${adminUrl}/docs`, `npm run seed -- ${url}`];
  const clients = clientUrl ? `; clients use ${clientUrl}` : '';
  const message = `ready: open ${adminUrl}${clients}; documents at ${docs}; sample data by ${seed}`;
  logLine('split', message, { url: adminUrl, clientUrl, docs, seed });
}
