import { isIP, isIPv6 } from 'node:net';
import { AddressRanges, plainAddress } from '../../../config/address-ranges.js';

/** Proxies whose forwarding fields are accepted. Evaluate once per connection. */
export class TrustedProxies extends AddressRanges {}

/** The remote end of a downstream connection; created once per connection. */
export interface Peer {
  /** IPv4 or IPv6, without a port. */
  readonly address: string;
  /** The address as a node of RFC 7239: IPv6 is bracketed, and quoted because of its colons. */
  readonly node: string;
  readonly isTrusted: boolean;
  readonly scheme: 'http' | 'https';
}

export function peerOf(remote: string, scheme: Peer['scheme'], trusted: TrustedProxies): Peer {
  const address = plainAddress(remote);
  const node = isIPv6(address) ? `"[${address}]"` : address;
  return { address, node, isTrusted: trusted.has(remote), scheme };
}

/** The scheme that the client used: that of its connection, or the first that a trusted proxy reports. */
export function clientSchemeOf(peer: Peer, forwardedProto: string | undefined): Peer['scheme'] {
  if (!peer.isTrusted || forwardedProto === undefined) return peer.scheme;
  const told = /^\s*(https?)\s*(?:,|$)/i.exec(forwardedProto)?.[1];
  return (told?.toLowerCase() as Peer['scheme'] | undefined) ?? peer.scheme;
}

const PORT = /^(\[[^\]]*\]|[^:]*):\d+$/;

/** One element of `X-Forwarded-For` as a plain address; some proxies add brackets and ports. */
const elementAddress = (element: string): string =>
  plainAddress(
    element
      .trim()
      .replace(PORT, '$1')
      .replace(/^\[|\]$/g, ''),
  );

/**
 * The client address: the peer, or, if the peer is a trusted proxy, the last address of `X-Forwarded-For` that is not
 * a trusted proxy. Elements to the left of it are not trustworthy.
 */
export function clientAddressOf(
  peer: Peer,
  forwardedFor: string | undefined,
  trusted: TrustedProxies,
): string {
  if (!peer.isTrusted || !forwardedFor) return peer.address;
  let client = peer.address;
  for (const element of forwardedFor.split(',').reverse()) {
    const address = elementAddress(element);
    if (isIP(address) === 0) return client;
    client = address;
    if (!trusted.has(address)) return client;
  }
  return client;
}
