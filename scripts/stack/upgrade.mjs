import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from './stack-error.mjs';
import { ComposeFleet } from './upgrade/compose-fleet.mjs';
import { rollOut } from './upgrade/roll-out.mjs';
import { ServiceRegistry } from './upgrade/service-registry.mjs';

const NOT_OURS = ['nginx', 'redis', 'postgres'];
/** Until nginx has asked for the names of the gateways again, and its idle connections to old ones are closed. */
const NGINX_NOTICES_MS = 6000;

const say = (line) => console.log(line);

/** Gateways have no weights: nginx finds the new ones, and those that leave say so on every connection. */
async function replaceGateways(fleet) {
  try {
    await fleet.start();
  } catch (error) {
    await fleet.discard();
    throw error;
  }
  await sleep(NGINX_NOTICES_MS);
  await fleet.retire();
}

async function askIn(compose, gateway, method, path, body) {
  const payload = body === undefined ? [] : [JSON.stringify(body)];
  return JSON.parse(await compose.docker('exec', gateway, 'node', 'registry.mjs', method, path, ...payload));
}

/** Replaces the containers of one app by those of a new image, without a failed request. */
export async function upgrade(compose, [service, ...others], { build }) {
  if (service === undefined || others.length > 0 || NOT_OURS.includes(service))
    throw new StackError('name one app to upgrade: gateway or a service');
  const built = build ? await compose.run('build', service) : 0;
  if (built !== 0) return built;
  const fleet = await ComposeFleet.of(compose, service);
  if (service === 'gateway') await replaceGateways(fleet);
  else {
    const { before: gateways } = await ComposeFleet.of(compose, 'gateway');
    const registry = new ServiceRegistry(service, gateways, (...asked) => askIn(compose, ...asked));
    await rollOut({ fleet, registry, say });
  }
  return 0;
}
