import { connect } from 'node:net';

/**
 * What came of knocking: somebody opened (`open`), nobody is there any more (`refused`), or nothing was heard in time
 * (`silent`).
 */
export type KnockAnswer = 'open' | 'refused' | 'silent';

/** Knocks at an instance's port; asks nothing of whoever opens. Never rejects. */
export type Knock = (origin: string) => Promise<KnockAnswer>;

const TIMEOUT_MS = 1000;

function addressOf(origin: string): { host: string; port: number } {
  const { hostname, port, protocol } = new URL(origin);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || (protocol === 'https:' ? 443 : 80)) };
}

/** Opens a connection and closes it at once: costs the instance no request, and shows whether its process is there. */
export const knock: Knock = (origin) =>
  new Promise((resolve) => {
    const socket = connect(addressOf(origin));
    const end = (answer: KnockAnswer): void => {
      socket.destroy();
      resolve(answer);
    };
    // The sockets' own timers are one list for all of them; a signal each costs more than the connection.
    socket
      .setTimeout(TIMEOUT_MS, () => end('silent'))
      .on('connect', () => end('open'))
      .on('error', ({ code }: NodeJS.ErrnoException) => end(code === 'ECONNREFUSED' ? 'refused' : 'silent'));
  });
