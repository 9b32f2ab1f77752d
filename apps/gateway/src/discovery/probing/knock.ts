import { once } from 'node:events';
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
export const knock: Knock = async (origin) => {
  const socket = connect(addressOf(origin));
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return 'open';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'refused' : 'silent';
  } finally {
    socket.on('error', () => undefined).destroy();
  }
};
