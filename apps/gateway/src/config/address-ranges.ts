import { BlockList, isIP, isIPv4 } from 'node:net';

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** The address in its usual form: an IPv4 peer of a dual-stack socket appears as `::ffff:10.0.0.1`. */
export const plainAddress = (address: string): string => MAPPED.exec(address)?.[1] ?? address;

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv4(address) ? 'ipv4' : 'ipv6');

/** Whether `range` is an IPv4 or IPv6 address, or a CIDR range of them. */
export function isAddressRange(range: string): boolean {
  const [address = '', bits, ...rest] = range.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** A set of addresses and networks. A lookup costs about a microsecond. */
export class AddressRanges {
  private readonly list = new BlockList();

  /** @param ranges addresses and CIDR ranges, each accepted by {@link isAddressRange} */
  constructor(ranges: readonly string[]) {
    for (const range of ranges) this.add(range);
  }

  /** Whether the address is in one of the ranges; `false` for a string that is not an address. */
  has(address: string): boolean {
    const plain = plainAddress(address);
    return isIP(plain) !== 0 && this.list.check(plain, familyOf(plain));
  }

  private add(range: string): void {
    const [address = '', bits] = range.split('/');
    if (bits === undefined) this.list.addAddress(address, familyOf(address));
    else this.list.addSubnet(address, Number(bits), familyOf(address));
  }
}
