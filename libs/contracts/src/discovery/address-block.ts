import { BlockList, isIP } from 'node:net';

type Network = readonly [address: string, bits: number];

/**
 * IPv6 prefixes that embed an IPv4 address in the last 32 bits: compatible, translated, NAT64. BlockList handles
 * mapped addresses.
 */
const CARRIERS = ['::', '::ffff:0:', '64:ff9b::', '64:ff9b:1::'];

/** A set of networks. IPv4 networks also match in every IPv6 form that embeds them. */
export class AddressBlock {
  private readonly list = new BlockList();

  constructor(ipv4: readonly Network[], ipv6: readonly Network[]) {
    for (const [address, bits] of ipv6) this.list.addSubnet(address, bits, 'ipv6');
    for (const [address, bits] of ipv4) {
      this.list.addSubnet(address, bits, 'ipv4');
      for (const carrier of CARRIERS) this.list.addSubnet(`${carrier}${address}`, 96 + bits, 'ipv6');
      this.list.addSubnet(sixToFour(address), 16 + bits, 'ipv6');
    }
  }

  /** Whether the address is in one of the networks; `false` for a host name. */
  has(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.list.check(address, version === 6 ? 'ipv6' : 'ipv4');
  }
}

/** RFC 3056: the IPv4 address follows the prefix `2002`. */
function sixToFour(address: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  return `2002:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}::`;
}

/** The host in a URL's `hostname`: an IPv6 address without brackets, a name without its trailing dot. */
export const bareHost = (hostname: string): string => hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
