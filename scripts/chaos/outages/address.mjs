import { networkInterfaces } from 'node:os';
import { isLoopback } from '../../smoke/loopback.mjs';

/** Whether the host name of a URL is an address of this machine. */
export function isOwn(hostname) {
  const address = hostname.replace(/^\[|\]$/g, '');
  const own = Object.values(networkInterfaces()).flat();
  return isLoopback(hostname) || own.some((each) => each.address === address);
}

/** IPv6 addresses have several spellings: that of URLs is used. */
const hostOf = (address) => new URL(`http://${address}`).hostname;

/** The addresses at which a socket may listen that receives connections to the host of a URL. */
export function listeningAddresses(hostname) {
  const hosts = hostname === 'localhost' ? ['127.0.0.1', '[::1]'] : [hostname];
  const ofIpv4 = (host) => ['0.0.0.0', host, hostOf(`[::ffff:${host}]`)];
  return new Set(['[::]', ...hosts.flatMap((host) => (host.startsWith('[') ? [host] : ofIpv4(host)))]);
}

const WORD = /.{8}/g;

/** The address of a line of /proc/net/tcp, as URLs have it: words of 32 bits in hexadecimal, in the byte order of the machine. */
export function addressOfHex(hex, isLittleEndian) {
  const bytes = hex.match(WORD).flatMap((word) => {
    const inOrder = [...Buffer.from(word, 'hex')];
    return isLittleEndian ? inOrder.reverse() : inOrder;
  });
  if (bytes.length === 4) return bytes.join('.');
  return hostOf(`[${Buffer.from(bytes).toString('hex').match(/.{4}/g).join(':')}]`);
}

/** The address and the port of a listener as `lsof -n` prints them; `*`: all addresses. */
export function addressOfLsof(name) {
  const address = name.slice(0, name.lastIndexOf(':'));
  return address === '*' ? '[::]' : hostOf(address);
}
