import { Resolver } from 'node:dns/promises';
import type { DnsName } from '../../config/dns-name.js';

/** One address of a DNS name. */
export interface DnsAddress {
  /** The name that it belongs to: for `Host`, and for TLS. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
  /** Of SRV records: only the reachable addresses of the lowest number receive requests. 0 without SRV. */
  readonly priority: number;
  /** Of SRV records; `undefined` without. */
  readonly weight: number | undefined;
}

/** What DNS says about a name. */
export interface DnsAnswer {
  /** Empty if the name has no addresses or does not exist. */
  readonly addresses: readonly DnsAddress[];
  /** How long the answer holds, milliseconds: 1 to 60 s. */
  readonly ttlMs: number;
}

/** Looks up the addresses of a DNS name. Rejects if DNS gives no answer. */
export type DnsLookup = (dns: DnsName) => Promise<DnsAnswer>;

interface AddressRecord {
  readonly address: string;
  /** Seconds. */
  readonly ttl: number;
}

const MIN_TTL_SECONDS = 1;
const MAX_TTL_SECONDS = 60;
/** Node does not tell the TTL of SRV records, nor that of an answer without records. Kubernetes uses 5 s. */
const UNKNOWN_TTL_SECONDS = 5;
const QUERY = { timeout: 2000, tries: 2 };
/** Codes of an answer that says that there are no such records. All other codes are failures of the look-up. */
const NO_RECORDS = new Set<unknown>(['ENODATA', 'ENOTFOUND']);

async function recordsOf<T>(query: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await query;
  } catch (error) {
    if (NO_RECORDS.has((error as NodeJS.ErrnoException).code)) return [];
    throw error;
  }
}

const ttlMsOf = (ttls: readonly number[]): number =>
  Math.min(MAX_TTL_SECONDS, Math.max(MIN_TTL_SECONDS, Math.min(...ttls))) * 1000;

/** A look-up at `servers`; at those of the system if they are `undefined`. */
export function dnsLookup(servers: readonly string[] | undefined): DnsLookup {
  const resolver = new Resolver(QUERY);
  if (servers) resolver.setServers(servers);

  // A host with addresses of both families is one instance, not two. IPv4 first, as for registered names.
  async function addressesOf(name: string): Promise<readonly AddressRecord[]> {
    const ipv4 = await recordsOf(resolver.resolve4(name, { ttl: true }));
    return ipv4.length > 0 ? ipv4 : recordsOf(resolver.resolve6(name, { ttl: true }));
  }

  async function byAddress(host: string, port: number): Promise<DnsAnswer> {
    const records = await addressesOf(host);
    const ttls = records.length > 0 ? records.map(({ ttl }) => ttl) : [UNKNOWN_TTL_SECONDS];
    const addresses = records.map(({ address }) => ({ host, address, port, priority: 0, weight: undefined }));
    return { addresses, ttlMs: ttlMsOf(ttls) };
  }

  async function byService(name: string): Promise<DnsAnswer> {
    const services = await recordsOf(resolver.resolveSrv(name));
    // RFC 2782: the root as host says that the service is not offered.
    const hosts = [...new Set(services.map((service) => service.name))].filter((host) => host.length > 1);
    const found = new Map(
      await Promise.all(hosts.map(async (host) => [host, await addressesOf(host)] as const)),
    );
    const addresses = services.flatMap(({ name: host, port, priority, weight }) =>
      (found.get(host) ?? []).map(({ address }) => ({ host, address, port, priority, weight })),
    );
    const ttls = [...found.values()].flat().map(({ ttl }) => ttl);
    return { addresses, ttlMs: ttlMsOf([UNKNOWN_TTL_SECONDS, ...ttls]) };
  }

  return ({ name, port }) => (port === undefined ? byService(name) : byAddress(name, port));
}
