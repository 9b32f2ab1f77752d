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

/** Splits an endpoint for clients that take a URL. */
export function pinnedTarget({ endpoint }: Pick<Instance, 'endpoint'>): PinnedTarget {
  const { protocol, host, hostname, port, hash } = new URL(endpoint);
  const address = hash.slice(1);
  const at = address === '' ? hostname : isIPv6(address) ? `[${address}]` : address;
  return { origin: `${protocol}//${at}${port === '' ? '' : `:${port}`}`, authority: host };
}
