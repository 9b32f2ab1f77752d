import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from './stack-error.mjs';
import { ComposeFleet } from './upgrade/compose-fleet.mjs';
import { rollOut } from './upgrade/roll-out.mjs';
import { ServiceRegistry } from './upgrade/service-registry.mjs';
import { VersionTraffic } from './upgrade/version-traffic.mjs';

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

/** Where docker-compose.prod.yml mounts the policy file: the folder in the gateways, and on this machine. */
const MOUNT = { inside: '/etc/msa-gateway/', outside: 'docker/policies/' };

/**
 * The policy file by which traffic moves between versions; `undefined` if there is none on this machine.
 * @throws StackError if the file says already how requests are divided among versions
 */
async function trafficOf(registry) {
  const { source, dividing } = await registry.policies();
  if (source === null) return undefined;
  if (dividing.length > 0)
    throw new StackError(
      `the policy file divides the requests of ${dividing.join(', ')} among versions: start the new version beside the old one and change the weights of "traffic" in the file`,
    );
  // The other commands of the stack run without installed packages.
  const yaml = await import('yaml').catch(() => undefined);
  if (source.startsWith(MOUNT.inside) && yaml)
    return new VersionTraffic(source.replace(MOUNT.inside, MOUNT.outside), registry, yaml);
  const why = yaml ? `${source} is not in ${MOUNT.outside}` : 'npm ci has not been run';
  print(`weights of instances move traffic, not versions in the policy file: ${why}`);
  return undefined;
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
    await rollOut({ fleet, registry, traffic: await trafficOf(registry), print });
  }
  return 0;
}
