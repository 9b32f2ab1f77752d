import { once } from 'node:events';
import { connect } from 'node:tls';
import { isLoopback } from './loopback.mjs';

/** Whether this machine trusts the server's certificate. */
async function isTrusted({ hostname, port }) {
  const host = hostname.replace(/^\[|\]$/g, '');
  const socket = connect({ host, port: Number(port) || 443, rejectUnauthorized: false });
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(5000) });
    return socket.authorized;
  } catch {
    // No connection: the checks report that.
    return true;
  } finally {
    socket.on('error', () => undefined).destroy();
  }
}

/**
 * Accepts an untrusted certificate if the target is on loopback, where only this machine can respond: `npm run stack -- secrets`
 * creates a self-signed one. Any other machine needs a trusted certificate.
 */
export async function acceptOwnCertificate(target) {
  if (target.protocol !== 'https:' || !isLoopback(target.hostname) || (await isTrusted(target))) return;
  console.log(`the certificate of ${target.host} is not trusted here; accepted, because it is this machine`);
  // Node.js would repeat the line above as a warning.
  process.removeAllListeners('warning');
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
}
