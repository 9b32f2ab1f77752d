import { Server } from 'node:net';

/**
 * Refuses new connections and leaves the others alone, idle ones too, which http.Server's own `close` cuts. Resolves when
 * none is left.
 */
export const closeListener = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    Server.prototype.close.call(server, () => resolve());
  });
