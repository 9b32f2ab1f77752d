import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/**
 * Once `isDraining()`, every response carries `Connection: close` and ends its connection. Clients then drop the
 * connection safely. Closing an idle connection from the server could cross a request in flight, and a POST must not
 * be repeated.
 */
export function endConnectionsWhen(server: Server, isDraining: () => boolean): void {
  server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
    if (isDraining()) response.shouldKeepAlive = false;
  });
}
