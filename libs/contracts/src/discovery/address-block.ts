import { BlockList, isIP } from 'node:net';

type Network = readonly [address: string, bits: number];

/** Where IPv6 carries an IPv4 address as its end: compatible, translated, NAT64. Mapped ones BlockList knows by itself. */
const CARRIERS = ['::', '::ffff:0:', '64:ff9b::', '64:ff9b:1::'];

/** A set of networks; the IPv4 ones also in every spelling that IPv6 has for them. */
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

  /** Whether the address is in one of the networks; a name is not. */
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

/** The host of a URL's `hostname`: an IPv6 address without its brackets, a name without the dot of its root. */
export const bareHost = (hostname: string): string => hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
