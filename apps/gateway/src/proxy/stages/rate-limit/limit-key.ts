import { createHash } from 'node:crypto';
import { plainAddress } from '../../../config/address-ranges.js';
import type { RateLimit, RateLimitKey } from '../../../policy/members/rate-limits.js';
import type { Identity } from '../../exchange/exchange-state.js';

/** A request, as far as keys of limits depend on it. */
export interface KeyedRequest {
  readonly clientAddress: string | undefined;
  readonly identity: Identity | undefined;
  header(name: string): string | undefined;
}

/** A longer value is replaced by its hash, so that the memory of a bucket is bounded. */
const LONGEST_VALUE = 64;
const FIRST_VISIBLE = 0x20;

/**
 * The key of a request. Without the header field, claim or identity that the key is made of, the request is limited by
 * the address of its client: a client cannot escape a limit by leaving something out.
 */
export function keyOf(request: KeyedRequest, { key, shared }: Pick<RateLimit, 'key' | 'shared'>): string {
  if (key.from === 'service') return '';
  if (key.from === 'client') return networkOf(request.clientAddress ?? '');
  const value = valueOf(request, key);
  // No value begins with a control character: such values are hashed.
  if (value === undefined) return `\nclient ${networkOf(request.clientAddress ?? '')}`;
  // The field may hold a credential, which must not be stored outside the gateway.
  const isSecret = shared && key.from === 'header';
  return isSecret || value.length > LONGEST_VALUE || value.charCodeAt(0) < FIRST_VISIBLE
    ? hashOf(value)
    : value;
}

function valueOf(request: KeyedRequest, key: RateLimitKey): string | undefined {
  if (key.from === 'header') return request.header(key.name);
  // Tokens without a subject have no consumer: they must not share one bucket.
  if (key.from !== 'claim') return request.identity?.consumer === '' ? undefined : request.identity?.consumer;
  const claim = request.identity?.claims[key.name];
  return typeof claim === 'string' || claim === undefined ? claim : JSON.stringify(claim);
}

const hashOf = (value: string): string =>
  `\nsha256 ${createHash('sha256').update(value).digest('base64url')}`;

/** IPv6 addresses that were seen lately, with their networks: clients send more than one request. */
const networks = new Map<string, string>();
const NETWORKS_KEPT = 4096;

/** An IPv4 address, or the /64 of an IPv6 address: one client has at least that many addresses. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  let network = networks.get(address);
  if (network !== undefined) return network;
  if (networks.size >= NETWORKS_KEPT) networks.clear();
  network = parseNetwork(address);
  networks.set(address, network);
  return network;
}

/** An IPv4 address, or the /48 of an IPv6 address: one site has at most that many addresses (RFC 6177). */
export function siteOf(address: string): string {
  const network = networkOf(address);
  return network.includes(':') ? network.split(':', SITE_GROUPS).join(':') : network;
}

function parseNetwork(address: string): string {
  const plain = plainAddress(address);
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail ? tail.split(':') : [];
  const omitted = tail === undefined ? 0 : Math.max(0, GROUPS - first.length - groupsIn(last));
  const groups = [...first, ...Array<string>(omitted).fill('0'), ...last];
  return `${groups.slice(0, NETWORK_GROUPS).map(shortGroup).join(':')}::/64`;
}

const GROUPS = 8;
const NETWORK_GROUPS = 4;
const SITE_GROUPS = 3;

/** An IPv4 address at the end takes the place of two groups. */
const groupsIn = (groups: readonly string[]): number =>
  groups.length + (groups.at(-1)?.includes('.') ? 1 : 0);

const shortGroup = (group: string): string => group.replace(/^0+(?=.)/, '').toLowerCase();
