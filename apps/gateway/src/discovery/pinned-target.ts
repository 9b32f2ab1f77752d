import { isIPv6 } from 'node:net';
import type { Instance } from './instance.js';

/** Where to connect to for an instance, and what to call it there. */
export interface PinnedTarget {
  /** Scheme, address and port. */
  readonly origin: string;
  /** For `Host`, and so for TLS: the instance's own name. */
  readonly authority: string;
}

/** What stands for an instance's URL once its name is resolved: the address is its fragment; none if it has no name. */
export const endpointOf = (url: string, address: string): string =>
  new URL(url).hostname.replace(/^\[|\]$/g, '') === address ? url : `${url}#${address}`;

/** Takes an endpoint apart for clients that want a URL. */
export function pinnedTarget({ endpoint }: Pick<Instance, 'endpoint'>): PinnedTarget {
  const { protocol, host, hostname, port, hash } = new URL(endpoint);
  const address = hash.slice(1);
  const at = address === '' ? hostname : isIPv6(address) ? `[${address}]` : address;
  return { origin: `${protocol}//${at}${port === '' ? '' : `:${port}`}`, authority: host };
}
