import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';

const EVERY_IPV4_ADDRESS = '0.0.0.0';
const EVERY_ADDRESS = '[::]';

/**
 * `url` as a program at `peer` can use it. Where the host of `url` stands for every address of this machine, it becomes the
 * one from which this machine reaches `peer`: a container or a pod has several and was told none. Where `peer` is
 * loopback, so is that. Any other host is left as it is.
 * @throws the system's error when the name of `peer` is unknown or there is no way there.
 */
export async function urlSeenFrom(peer: string, url: string): Promise<string> {
  const { hostname, port, protocol } = new URL(url);
  if (hostname !== EVERY_IPV4_ADDRESS && hostname !== EVERY_ADDRESS) return url;
  const { address, family } = await lookup(hostOf(peer), { family: hostname === EVERY_ADDRESS ? 0 : 4 });
  const own = await sourceAddress(address, family === 6 ? 'udp6' : 'udp4');
  return `${protocol}//${family === 6 ? `[${own}]` : own}:${port}`;
}

const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, '');

// Connecting a datagram socket only chooses a route: nothing is sent, and any port will do.
async function sourceAddress(destination: string, type: 'udp4' | 'udp6'): Promise<string> {
  const socket = createSocket(type);
  try {
    socket.connect(1, destination);
    await once(socket, 'connect');
    return socket.address().address;
  } finally {
    socket.close();
  }
}
