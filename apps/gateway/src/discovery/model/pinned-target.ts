import { isIPv6 } from 'node:net';
import type { Instance } from './instance.js';

/** The address to connect to for an instance, and the name to use in requests. */
export interface PinnedTarget {
  /** Scheme, address and port. */
  readonly origin: string;
  /** For `Host`, and so for TLS: the host of the instance's own URL. */
  readonly authority: string;
}

/** An instance's URL with the resolved address as fragment; without fragment if the host is an address. */
export const endpointOf = (url: string, address: string): string =>
  new URL(url).hostname.replace(/^\[|\]$/g, '') === address ? url : `${url}#${address}`;

/** An IPv4 address with a port. */
const SOCKET_ADDRESS = /^#([\d.]+):(\d+)$/;

/** The same endpoint, reached through a port of this machine. */
export const endpointThrough = (endpoint: string, port: number): string =>
  `${endpoint.replace(/#.*/, '')}#127.0.0.1:${port}`;

/** The host, with brackets if it is an IPv6 address, and the port to connect to; '' for the default port. */
export function connectAddressOf({ hostname, port, hash }: URL): { host: string; port: string } {
  const [, host, ownPort] = SOCKET_ADDRESS.exec(hash) ?? [];
  if (host !== undefined && ownPort !== undefined) return { host, port: ownPort };
  const address = hash.slice(1);
  return { host: address === '' ? hostname : isIPv6(address) ? `[${address}]` : address, port };
}

/** Splits an endpoint for clients that take a URL. */
export function pinnedTarget({ endpoint }: Pick<Instance, 'endpoint'>): PinnedTarget {
  const url = new URL(endpoint);
  const { host, port } = connectAddressOf(url);
  return { origin: `${url.protocol}//${host}${port === '' ? '' : `:${port}`}`, authority: url.host };
}
