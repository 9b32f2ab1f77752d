import { createHash } from 'node:crypto';
import { hostname, networkInterfaces } from 'node:os';

/** Properties that distinguish an instance from the others of its service. */
export interface InstanceAddress {
  readonly name: string;
  /** The URL at which it listens. */
  readonly url: string;
  readonly advertisedUrl: string | undefined;
}

/** The machine or container of the instance. */
export interface Host {
  readonly name: string;
  readonly interfaces: ReturnType<typeof networkInterfaces>;
}

/**
 * The registry allows 128 characters for an id; the longest name and port, and the digest, leave this many for the
 * host name.
 */
const MAX_HOST_NAME_LENGTH = 48;

/**
 * An id that stays the same over restarts and is unique among instances. Host name and port make it readable.
 * Containers may share both, so a digest of the other distinguishing properties follows: where the instance listens,
 * the URL that it advertises, and the addresses of its network interfaces.
 */
export function instanceId(
  { name, url, advertisedUrl = '' }: InstanceAddress,
  host: Host = { name: hostname(), interfaces: networkInterfaces() },
): string {
  const identity = [host.name, url, advertisedUrl, ...addressesOf(host)];
  const digest = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 8);
  return `${name}-${host.name.slice(0, MAX_HOST_NAME_LENGTH)}-${new URL(url).port}-${digest}`;
}

/** IPv4 only: temporary IPv6 addresses (RFC 8981) change while the host stays the same. */
const addressesOf = ({ interfaces }: Host): readonly string[] =>
  Object.values(interfaces)
    .flatMap((addresses = []) => addresses)
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address, mac }) => `${mac} ${address}`)
    .sort();
