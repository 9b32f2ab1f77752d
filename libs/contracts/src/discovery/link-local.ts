import { BlockList, isIP } from 'node:net';

/**
 * Addresses that only the machine's own link answers, and those at which clouds keep metadata services elsewhere: they hand
 * out credentials to whoever asks. A gateway that forwards to them is a way in.
 */
const FORBIDDEN_IPV4: readonly (readonly [network: string, bits: number])[] = [
  ['169.254.0.0', 16],
  // Alibaba Cloud, Oracle Cloud, Azure.
  ['100.100.100.200', 32],
  ['192.0.0.192', 32],
  ['168.63.129.16', 32],
];
const FORBIDDEN_IPV6: readonly (readonly [network: string, bits: number])[] = [
  ['fe80::', 10],
  // Amazon and Google.
  ['fd00:ec2::254', 128],
  ['fd20:ce::254', 128],
];
/** Where IPv6 carries an IPv4 address as its end: compatible, translated, NAT64. Mapped ones BlockList knows by itself. */
const CARRIERS = ['::', '::ffff:0:', '64:ff9b::', '64:ff9b:1::'];

const linkLocal = new BlockList();
for (const [network, bits] of FORBIDDEN_IPV6) linkLocal.addSubnet(network, bits, 'ipv6');
for (const [network, bits] of FORBIDDEN_IPV4) {
  linkLocal.addSubnet(network, bits, 'ipv4');
  for (const carrier of CARRIERS) linkLocal.addSubnet(`${carrier}${network}`, 96 + bits, 'ipv6');
  linkLocal.addSubnet(sixToFour(network), 16 + bits, 'ipv6');
}

/** RFC 3056: the IPv4 address follows the prefix `2002`. */
function sixToFour(address: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  return `2002:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}::`;
}

const METADATA_NAMES = new Set(['metadata.google.internal', 'metadata']);

/**
 * Answers whether a URL's `hostname` is link-local or a metadata service. The WHATWG parser has already turned odd
 * spellings (`0xa9fe0101`, `[::ffff:a9fe:101]`) into the usual ones.
 */
export function isLinkLocalHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const version = isIP(host);
  if (version === 0) return METADATA_NAMES.has(host);
  return linkLocal.check(host, version === 6 ? 'ipv6' : 'ipv4');
}
