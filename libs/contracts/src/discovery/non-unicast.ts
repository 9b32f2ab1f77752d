import { AddressBlock, bareHost } from './address-block.js';

/**
 * Unspecified, multicast and broadcast addresses (RFC 6890, RFC 5771, RFC 4291): none of them identifies a single
 * host.
 */
const nonUnicast = new AddressBlock(
  [
    ['0.0.0.0', 32],
    ['224.0.0.0', 4],
    ['255.255.255.255', 32],
  ],
  [
    ['::', 128],
    ['ff00::', 8],
  ],
);

/**
 * Whether a URL's `hostname` is an address that identifies no single host. Connecting to `0.0.0.0` or `::` reaches
 * the gateway's own machine, so such a registration would expose its local ports. The WHATWG parser has already
 * normalised unusual spellings (`0`, `0x0`, `[::0]`).
 */
export const isNonUnicastHost = (hostname: string): boolean => nonUnicast.has(bareHost(hostname));
