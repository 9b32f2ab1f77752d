import { BlockList, isIP } from 'node:net';

/**
 * Addresses that only the machine's own link answers: there live the metadata services of clouds, which hand out
 * credentials to whoever asks. A gateway that forwards to them is a way in.
 */
const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addSubnet('fe80::', 10, 'ipv6');
// The same IPv4 network as IPv6 writes it: IPv4-compatible, NAT64 and 6to4 (mapped ones BlockList knows by itself).
linkLocal.addSubnet('::169.254.0.0', 112, 'ipv6');
linkLocal.addSubnet('64:ff9b::169.254.0.0', 112, 'ipv6');
linkLocal.addSubnet('2002:a9fe::', 32, 'ipv6');
linkLocal.addAddress('fd00:ec2::254', 'ipv6');

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
