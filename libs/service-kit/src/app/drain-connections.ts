import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import { Server } from 'node:net';

/**
 * Once `isDraining()`, every response carries `Connection: close` and ends its connection. Clients then drop the
 * connection safely. Closing an idle connection from the server could cross a request in flight, and a POST must not
 * be repeated.
 */
export function endConnectionsWhen(server: HttpServer, isDraining: () => boolean): void {
  server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
    if (isDraining()) response.shouldKeepAlive = false;
  });
}

/**
 * Refuses new connections and keeps open ones, including idle ones, which http.Server's own `close` would end.
 * Resolves when no connection is left.
 */
export const closeListener = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    Server.prototype.close.call(server, () => resolve());
  });
