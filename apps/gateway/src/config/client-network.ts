import { plainAddress } from './address-ranges.js';

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

/** An IPv4 address, or the /48 of an IPv6 address: one site has at most that many addresses (RFC 6177). */
export function siteOf(address: string): string {
  const network = networkOf(address);
  return network.includes(':') ? network.split(':', SITE_GROUPS).join(':') : network;
}

const GROUPS = 8;
const NETWORK_GROUPS = 4;
const SITE_GROUPS = 3;

/** An IPv4 address at the end takes the place of two groups. */
const groupsIn = (groups: readonly string[]): number =>
  groups.length + (groups.at(-1)?.includes('.') ? 1 : 0);

const shortGroup = (group: string): string => group.replace(/^0+(?=.)/, '').toLowerCase();
