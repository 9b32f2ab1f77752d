import { AddressBlock, bareHost } from './address-block.js';

/**
 * Addresses that only the machine's own link answers, and those at which clouds keep metadata services elsewhere: they hand
 * out credentials to whoever asks. A gateway that forwards to them is a way in.
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
 * Answers whether a URL's `hostname` is link-local or a metadata service. The WHATWG parser has already turned odd
 * spellings (`0xa9fe0101`, `[::ffff:a9fe:101]`) into the usual ones.
 */
export function isLinkLocalHost(hostname: string): boolean {
  const host = bareHost(hostname);
  return METADATA_NAMES.has(host) || linkLocal.has(host);
}
