import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';

const EVERY_IPV4_ADDRESS = '0.0.0.0';
const EVERY_ADDRESS = '[::]';

/**
 * Returns `url` in the form that a program at `peer` can use. A host that stands for every address of this machine
 * becomes the address from which this machine reaches `peer`, because a container or a pod has several addresses and
 * does not know which to use. For a loopback `peer` that is a loopback address. Any other host is unchanged.
 * @throws the system's error when the name of `peer` is unknown or there is no route to it.
 */
export async function urlSeenFrom(peer: string, url: string): Promise<string> {
  const { hostname, port, protocol } = new URL(url);
  if (hostname !== EVERY_IPV4_ADDRESS && hostname !== EVERY_ADDRESS) return url;
  const { address, family } = await lookup(hostOf(peer), { family: hostname === EVERY_ADDRESS ? 0 : 4 });
  const own = await sourceAddress(address, family === 6 ? 'udp6' : 'udp4');
  return `${protocol}//${family === 6 ? `[${own}]` : own}:${port}`;
}

const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, '');

// Connecting a datagram socket only selects a route: nothing is sent, and any port works.
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
