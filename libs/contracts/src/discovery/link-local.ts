import { AddressBlock, bareHost } from './address-block.js';

/**
 * Link-local addresses, and other addresses of cloud metadata services, which return credentials to any client. A
 * gateway that forwards to them would expose these credentials.
 */
const linkLocal = new AddressBlock(
  [
    ['169.254.0.0', 16],
    // Alibaba Cloud, Oracle Cloud, Azure.
    ['100.100.100.200', 32],
    ['192.0.0.192', 32],
    ['168.63.129.16', 32],
  ],
  [
    ['fe80::', 10],
    // Amazon and Google.
    ['fd00:ec2::254', 128],
    ['fd20:ce::254', 128],
  ],
);

const METADATA_NAMES = new Set(['metadata.google.internal', 'metadata']);

/**
 * Whether a URL's `hostname` is link-local or a metadata service. The WHATWG parser has already normalised unusual
 * spellings (`0xa9fe0101`, `[::ffff:a9fe:101]`).
 */
export function isLinkLocalHost(hostname: string): boolean {
  const host = bareHost(hostname);
  return METADATA_NAMES.has(host) || linkLocal.has(host);
}
