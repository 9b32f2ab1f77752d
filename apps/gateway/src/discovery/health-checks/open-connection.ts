import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Instance } from '../model/instance.js';
import { pinnedTarget } from '../model/pinned-target.js';

const addressOf = (url: URL): { host: string; port: number } => ({
  host: url.hostname.replace(/^\[|\]$/g, ''),
  port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
});

/** Opens a TCP connection to an instance. */
export const openTcp = (instance: Pick<Instance, 'endpoint'>): Socket =>
  connectPlain(addressOf(new URL(pinnedTarget(instance).origin)));

/** Opens a connection for HTTP: with TLS if the instance has an https URL. */
export function openHttp(instance: Pick<Instance, 'endpoint'>): Socket {
  const { origin, authority } = pinnedTarget(instance);
  const url = new URL(origin);
  if (url.protocol !== 'https:') return connectPlain(addressOf(url));
  const { host: name } = addressOf(new URL(`https://${authority}`));
  // IP addresses are not sent as server name (RFC 6066, section 3).
  return connectTls({
    ...addressOf(url),
    servername: isIP(name) === 0 ? name : '',
    ALPNProtocols: ['http/1.1'],
  });
}
