import { lookup } from 'node:dns/promises';
import { isIP, isIPv4 } from 'node:net';
import { isLinkLocalHost, isNonUnicastHost } from '#contracts';
import { AddressRanges, plainAddress } from '../../config/address-ranges.js';
import { targetNotUnicast, targetRefused, targetUnknown } from '../model/problems.js';

/** All addresses of a name. */
type Resolve = (name: string) => Promise<readonly string[]>;

const resolveAll: Resolve = async (name) => (await lookup(name, { all: true })).map(({ address }) => address);

const RESOLVE_TIMEOUT_MS = 3000;

/**
 * Decides which addresses instances may have. A name is resolved once, at registration, and requests go to
 * the address that was checked then: later DNS responses have no effect (DNS rebinding).
 */
export class TargetPolicy {
  private readonly allowed: AddressRanges | undefined;

  /** @param allowed addresses and CIDR ranges; if omitted, every network except link-local ones is allowed */
  constructor(
    allowed: readonly string[] | undefined,
    private readonly resolve = resolveAll,
  ) {
    this.allowed = allowed && new AddressRanges(allowed);
  }

  /**
   * The address to send requests for `url` to.
   * @param known the address of its host, if it was looked up before
   * @throws targetNotUnicast, targetRefused, targetUnknown
   */
  async addressOf(url: string, known?: string): Promise<string> {
    const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
    const given = isIP(host) === 0 ? known : host;
    const addresses = given === undefined ? await this.resolved(host) : [plainAddress(given)];
    for (const address of addresses) this.check(host, address);
    // IPv4 first: a process that listens on `localhost` or on a host name rarely listens on IPv6 alone.
    const [first] = [...addresses].sort((a, b) => Number(isIPv4(b)) - Number(isIPv4(a)));
    if (first === undefined) throw unknown(host);
    return first;
  }

  private async resolved(name: string): Promise<readonly string[]> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('DNS lookup timed out')), RESOLVE_TIMEOUT_MS);
    });
    try {
      return (await Promise.race([this.resolve(name), late])).map(plainAddress);
    } catch (cause) {
      throw unknown(name, cause);
    } finally {
      clearTimeout(timer);
    }
  }

  private check(host: string, address: string): void {
    if (isNonUnicastHost(address))
      throw targetNotUnicast(
        `the address of ${host} is unspecified, multicast or broadcast; register a unicast address`,
      );
    if (isLinkLocalHost(address))
      throw targetRefused(`the address of ${host} is link-local or belongs to a metadata service`);
    if (this.allowed && !this.allowed.has(address))
      throw targetRefused(`the address of ${host} is outside REGISTRY_ALLOWED_NETWORKS`);
  }
}

const unknown = (host: string, cause?: unknown): Error =>
  targetUnknown(`the gateway cannot resolve ${host} to an address`, { cause });
