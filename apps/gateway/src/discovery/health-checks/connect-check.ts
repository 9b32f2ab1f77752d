import type { Instance } from '../model/instance.js';
import { openTcp } from './open-connection.js';

/** The port accepted the connection (`open`), refused it (`refused`), or did neither in time (`silent`). */
export type ConnectCheckResult = 'open' | 'refused' | 'silent';

/** Checks that an instance accepts connections. Never rejects. */
export type ConnectCheck = (instance: Pick<Instance, 'endpoint'>) => Promise<ConnectCheckResult>;

const TIMEOUT_MS = 1000;

/**
 * Opens a connection and closes it at once: costs the instance no request, and shows whether its process
 * listens.
 */
export const connectCheck: ConnectCheck = (instance) =>
  new Promise((resolve) => {
    const socket = openTcp(instance);
    const end = (result: ConnectCheckResult): void => {
      socket.destroy();
      resolve(result);
    };
    // Socket timers share one list; an AbortSignal per check costs more than the connection.
    socket
      .setTimeout(TIMEOUT_MS, () => end('silent'))
      .on('connect', () => end('open'))
      .on('error', ({ code }: NodeJS.ErrnoException) => end(code === 'ECONNREFUSED' ? 'refused' : 'silent'));
  });
