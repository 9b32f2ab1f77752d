import { isIP } from 'node:net';

/** Where an instance listens, taken apart once. */
export interface Origin {
  readonly isTls: boolean;
  /** For the socket: an IPv6 address has no brackets. */
  readonly host: string;
  readonly port: number;
  /** For the Host field: the port is left out where the scheme implies it. */
  readonly authority: string;
  /** For SNI; addresses have no name (RFC 6066, section 3). */
  readonly serverName: string;
}

/** @param endpoint that of an instance: an origin, such as `http://127.0.0.1:8001`, and its address if it has a name */
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
