import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from './stack-error.mjs';
import { ComposeFleet } from './upgrade/compose-fleet.mjs';
import { rollOut } from './upgrade/roll-out.mjs';
import { ServiceRegistry } from './upgrade/service-registry.mjs';

const OTHERS = ['nginx', 'redis', 'postgres'];
/** By then nginx has resolved the names of the gateways again and closed its idle connections to old ones. */
const NGINX_UPDATE_MS = 6000;

const print = (line) => console.log(line);

/** Gateways have no weights: nginx resolves the new ones, and leaving ones send `Connection: close` on every connection. */
async function replaceGateways(fleet) {
  try {
    await fleet.start();
  } catch (error) {
    await fleet.discard();
    throw error;
  }
  await sleep(NGINX_UPDATE_MS);
  await fleet.retire();
}

async function callIn(compose, gateway, method, path, body) {
  const payload = body === undefined ? [] : [JSON.stringify(body)];
  return JSON.parse(await compose.docker('exec', gateway, 'node', 'registry.mjs', method, path, ...payload));
}

/** Replaces the containers of one app by those of a new image, without failed requests. */
export async function upgrade(compose, [service, ...others], { build }) {
  if (service === undefined || others.length > 0 || OTHERS.includes(service))
    throw new StackError('name one app to upgrade: gateway or a service');
  const built = build ? await compose.run('build', service) : 0;
  if (built !== 0) return built;
  const fleet = await ComposeFleet.of(compose, service);
  if (service === 'gateway') await replaceGateways(fleet);
  else {
    const { before: gateways } = await ComposeFleet.of(compose, 'gateway');
    const registry = new ServiceRegistry(service, gateways, (...call) => callIn(compose, ...call));
    await rollOut({ fleet, registry, print });
  }
  return 0;
}
