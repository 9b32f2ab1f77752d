import { isIP } from 'node:net';

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
 * address as its fragment: `https://users#10.0.0.3`
 */
export function originOf(endpoint: string): Origin {
  const { protocol, hostname, port, host, hash } = new URL(endpoint);
  const isTls = protocol === 'https:';
  const plainHost = hostname.replace(/^\[|\]$/g, '');
  return {
    isTls,
    host: hash === '' ? plainHost : hash.slice(1),
    port: port === '' ? (isTls ? 443 : 80) : Number(port),
    authority: host,
    serverName: isIP(plainHost) === 0 ? plainHost : '',
  };
}
