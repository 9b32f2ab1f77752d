import { isIP } from 'node:net';
import { connectAddressOf } from '../../discovery/index.js';

/** The address of an instance, parsed once. */
export interface Origin {
  readonly isTls: boolean;
  /** For the socket: an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  /** For the Host field: without the default port of the scheme. */
  readonly authority: string;
  /** For SNI; empty for an IP address (RFC 6066, section 3). */
  readonly serverName: string;
}

/**
 * @param endpoint an instance's origin, such as `http://127.0.0.1:8001`; an origin with a host name may carry the
 * address as its fragment, for a relay with a port: `https://users#10.0.0.3`, `https://users#127.0.0.1:40001`
 */
export function originOf(endpoint: string): Origin {
  const url = new URL(endpoint);
  const { host, port } = connectAddressOf(url);
  const isTls = url.protocol === 'https:';
  const plainHost = withoutBrackets(url.hostname);
  return {
    isTls,
    host: withoutBrackets(host),
    port: port === '' ? (isTls ? 443 : 80) : Number(port),
    authority: url.host,
    serverName: isIP(plainHost) === 0 ? plainHost : '',
  };
}

const withoutBrackets = (host: string): string => host.replace(/^\[|\]$/g, '');
