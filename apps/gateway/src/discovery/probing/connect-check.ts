import type { Instance } from '../instance.js';
import { openTcp } from './open-connection.js';

/** The port accepted the connection (`open`), refused it (`refused`), or neither in time (`silent`). */
export type ConnectCheckResult = 'open' | 'refused' | 'silent';

/** Checks that an instance accepts connections. Never rejects. */
export type ConnectCheck = (instance: Pick<Instance, 'endpoint'>) => Promise<ConnectCheckResult>;

const TIMEOUT_MS = 1000;

/** Opens a connection and closes it at once: costs the instance no request, and shows whether its process is there. */
export const connectCheck: ConnectCheck = (instance) =>
  new Promise((resolve) => {
    const socket = openTcp(instance);
    const end = (result: ConnectCheckResult): void => {
      socket.destroy();
      resolve(result);
    };
    // The sockets' own timers are one list for all of them; a signal each costs more than the connection.
    socket
      .setTimeout(TIMEOUT_MS, () => end('silent'))
      .on('connect', () => end('open'))
      .on('error', ({ code }: NodeJS.ErrnoException) => end(code === 'ECONNREFUSED' ? 'refused' : 'silent'));
  });
