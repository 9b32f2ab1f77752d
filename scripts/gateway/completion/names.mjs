import { gatewayOf } from '../client/gateway-client.mjs';

/** A shell that completes waits for this. */
const TIMEOUT_MS = 1500;
/** Services and instances. A word that begins with a hyphen would be an option. */
const NAME = /^\w[\w.-]*$/;

const LISTS = {
  services: { path: '/services', nameOf: ({ name, versions }) => [name, versions.join(', ')] },
  instances: { path: '/discovery/services', nameOf: ({ id, name, status }) => [id, `${name}, ${status}`] },
};

/**
 * The services or instances of the gateway that a command line names; none if it cannot be reached.
 * @param list a name of {@link LISTS}
 * @param given options and positional arguments of the command line; with a service, instances are only its own
 */
export async function namesOf(list, { service, ...options }) {
  const { path, nameOf } = LISTS[list];
  try {
    const all = JSON.parse(await gatewayOf(options).text('GET', path, TIMEOUT_MS));
    const isOffered = ({ name }) => list === 'services' || service === undefined || name === service;
    return all
      .filter(isOffered)
      .map(nameOf)
      .filter(([name]) => NAME.test(name));
  } catch {
    return [];
  }
}
