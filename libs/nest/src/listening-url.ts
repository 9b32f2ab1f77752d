import type { Server } from 'node:net';
import { Server as TlsServer } from 'node:tls';

/**
 * The URL of a server that listens; `undefined` if it listens at a socket file. The host may stand for every address.
 * @param port replaces the port of the server
 */
export function listeningUrlOf(server: Server, port?: number): string | undefined {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') return undefined;
  const scheme = server instanceof TlsServer ? 'https' : 'http';
  const host = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
  return `${scheme}://${host}:${port ?? bound.port}`;
}
