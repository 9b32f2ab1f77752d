import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/**
 * Once `isDraining()`, every answer closes its connection and says so. Whoever keeps connections drops this one in peace;
 * closing it from here while it is idle could cross a request on its way, which nobody may repeat if it is a POST.
 */
export function endConnectionsWhen(server: Server, isDraining: () => boolean): void {
  server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
    if (isDraining()) response.shouldKeepAlive = false;
  });
}
