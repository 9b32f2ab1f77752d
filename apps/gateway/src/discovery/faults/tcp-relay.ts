import { connect, createServer, type Socket } from 'node:net';
import { pinnedTarget } from '../model/pinned-target.js';
import { listenOnLoopback, type Relay } from './relay.js';

const HTTPS_PORT = '443';
const HTTP_PORT = '80';

/** Accepts connections and leaves them silent until it ends; then the instance receives what was sent on them. */
export async function openHangingRelay(endpoint: string): Promise<Relay> {
  const held = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (client) => {
    held.add(client);
    client.on('error', () => undefined).on('close', () => held.delete(client));
  });
  const port = await listenOnLoopback(server);
  const end = (): void => {
    server.close();
    for (const client of held) join(client, endpoint, 0);
  };
  return { port, end };
}

/** Passes connections to an instance, and whatever it sends `delayMs` late. Works for TLS too. */
export async function openSlowRelay(endpoint: string, delayMs: number): Promise<Relay> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    client.on('error', () => undefined);
    join(client, endpoint, delayMs);
  });
  return { port: await listenOnLoopback(server), end: () => server.close() };
}

function join(client: Socket, endpoint: string, delayMs: number): void {
  const upstream = connect({ ...addressOf(endpoint), allowHalfOpen: true, noDelay: true });
  // Timers of one duration fire in the order in which they were set.
  const later = (act: () => void): unknown => (delayMs === 0 ? act() : setTimeout(act, delayMs));
  upstream
    .on('data', (chunk) => later(() => client.write(chunk) || upstream.pause()))
    .on('end', () => later(() => client.end()))
    .on('error', () => client.destroy());
  client.on('drain', () => upstream.resume()).on('close', () => upstream.destroy());
  client.pipe(upstream);
}

function addressOf(endpoint: string): { host: string; port: number } {
  const { protocol, hostname, port } = new URL(pinnedTarget({ endpoint }).origin);
  const defaultPort = protocol === 'https:' ? HTTPS_PORT : HTTP_PORT;
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || defaultPort) };
}
