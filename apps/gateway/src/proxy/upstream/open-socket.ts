import { connect as connectPlain, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket, type ConnectionOptions } from 'node:tls';
import type { Origin } from './origin.js';

/**
 * Opens a connection to an instance.
 * @param onread receives the bytes instead of `data` events; ignored for TLS
 */
export function openSocket(origin: Origin, tls: ConnectionOptions, onread: OnReadOpts | undefined): Socket {
  // Half-open, because a tunnel closes its two directions separately.
  const { host, port, serverName: servername } = origin;
  const options = { host, port, allowHalfOpen: true };
  if (!origin.isTls) return connectPlain({ ...options, noDelay: true, ...(onread && { onread }) });
  return connectTls({ ...tls, ...options, servername, ALPNProtocols: ['http/1.1'] }).setNoDelay(true);
}

/** The reason why a connection failed. A certificate error is named, because an operator can fix it. */
export function refusalOf(socket: Socket | undefined): string {
  const fault = socket instanceof TLSSocket ? (socket.authorizationError as unknown) : undefined;
  if (!fault) return 'no connection to the instance could be established';
  const code = fault instanceof Error ? fault.message : (fault as string);
  return `the certificate of the instance is not trusted (${code})`;
}
