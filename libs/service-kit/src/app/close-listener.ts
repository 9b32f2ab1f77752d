import { Server } from 'node:net';

/**
 * Refuses new connections and keeps open ones, including idle ones, which http.Server's own `close` would end.
 * Resolves when no connection is left.
 */
export const closeListener = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    Server.prototype.close.call(server, () => resolve());
  });
