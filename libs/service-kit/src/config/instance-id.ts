import { createHash } from 'node:crypto';
import { hostname, networkInterfaces } from 'node:os';

/** What tells an instance from the others of its service. */
export interface InstancePlace {
  readonly name: string;
  /** Where it listens. */
  readonly url: string;
  readonly advertisedUrl: string | undefined;
}

/** The machine or container that it runs in. */
export interface Host {
  readonly name: string;
  readonly interfaces: ReturnType<typeof networkInterfaces>;
}

/** The longest name and port, and the digest, leave this much of the registry's 128 characters for an id. */
const HOST_NAME_SHOWN = 48;

/**
 * An id that stays the same over restarts and differs from every other instance's. Host name and port are for people. Containers may
 * share both, so a digest follows of what else tells them apart: where the instance listens, the URL that it advertises, and the
 * addresses of its network interfaces.
 */
export function instanceId(
  { name, url, advertisedUrl = '' }: InstancePlace,
  host: Host = { name: hostname(), interfaces: networkInterfaces() },
): string {
  const place = [host.name, url, advertisedUrl, ...addressesOf(host)];
  const digest = createHash('sha256').update(JSON.stringify(place)).digest('hex').slice(0, 8);
  return `${name}-${host.name.slice(0, HOST_NAME_SHOWN)}-${new URL(url).port}-${digest}`;
}

/** Not the IPv6 ones: temporary addresses (RFC 8981) change without a move. */
const addressesOf = ({ interfaces }: Host): readonly string[] =>
  Object.values(interfaces)
    .flatMap((addresses = []) => addresses)
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address, mac }) => `${mac} ${address}`)
    .sort();
