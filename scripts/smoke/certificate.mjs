import { once } from 'node:events';
import { connect } from 'node:tls';
import { isLoopback } from './loopback.mjs';

/** Whether the server's certificate is one that this machine believes. */
async function isBelieved({ hostname, port }) {
  const host = hostname.replace(/^\[|\]$/g, '');
  const socket = connect({ host, port: Number(port) || 443, rejectUnauthorized: false });
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(5000) });
    return socket.authorized;
  } catch {
    // Nobody there: the checks will say so.
    return true;
  } finally {
    socket.on('error', () => undefined).destroy();
  }
}

/**
 * A system on this very machine may show a certificate that nobody has signed, as `npm run stack -- secrets` makes one; who
 * else could answer here? Of any other machine a certificate has to be good.
 */
export async function takeOwnCertificate(target) {
  if (target.protocol !== 'https:' || !isLoopback(target.hostname) || (await isBelieved(target))) return;
  console.log(`the certificate of ${target.host} is not trusted here; accepted, because it is this machine`);
  // Node.js would say in a warning what the line above says.
  process.removeAllListeners('warning');
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
}
