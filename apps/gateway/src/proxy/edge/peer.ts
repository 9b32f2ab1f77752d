import { isIP, isIPv6 } from 'node:net';
import { plainAddress, type TrustedProxies } from './trusted-proxies.js';

/** The other end of a connection to the gateway; made once per connection. */
export interface Peer {
  /** IPv4 or IPv6, without a port. */
  readonly address: string;
  /** The same as a node of RFC 7239: an IPv6 address is bracketed, and quoted for its colons. */
  readonly node: string;
  readonly isTrusted: boolean;
  readonly scheme: 'http' | 'https';
}

export function peerOf(remote: string, scheme: Peer['scheme'], trusted: TrustedProxies): Peer {
  const address = plainAddress(remote);
  const node = isIPv6(address) ? `"[${address}]"` : address;
  return { address, node, isTrusted: trusted.has(remote), scheme };
}

const PORT = /^(\[[^\]]*\]|[^:]*):\d+$/;

/** One element of `X-Forwarded-For` as a plain address; some proxies write brackets and ports. */
const elementAddress = (element: string): string =>
  plainAddress(
    element
      .trim()
      .replace(PORT, '$1')
      .replace(/^\[|\]$/g, ''),
  );

/**
 * Who sent the request: the peer, or, when that is a trusted proxy, the last address of `X-Forwarded-For` that no
 * trusted proxy wrote itself. Everything to the left of it is hearsay.
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
