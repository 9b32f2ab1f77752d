import { isIP } from 'node:net';

/** A DNS name whose addresses are instances. */
export interface DnsName {
  /** Fully qualified: search domains do not apply. */
  readonly name: string;
  readonly scheme: 'http' | 'https';
  /** The port of every address; `undefined`: SRV records name the hosts and their ports. */
  readonly port: number | undefined;
}

/** What {@link dnsNameOf} accepts. */
export const DNS_NAME_FORMS = 'dns://NAME:PORT, dns+https://NAME:PORT or dns+srv://_SERVICE._tcp.NAME';

const ADDRESSES = /^dns(?<tls>\+https)?:\/\/(?<name>[\w.-]{1,253}):(?<port>\d{1,5})$/i;
const SRV = /^dns\+srv:\/\/(?<name>_(?<service>[a-z\d-]{1,62})\._tcp\.[\w.-]{1,253})$/i;
/** Letters, digits, `-` and, as Docker Compose uses it, `_`. The last label is not a number: that is an IPv4 address. */
const HOST = /^(?:[\w-]{1,63}\.)*(?!\d+$)[\w-]{1,63}$/;
const MAX_NAME = 253;
const MAX_PORT = 65_535;

const isHost = (name: string): boolean => name.length <= MAX_NAME && HOST.test(name) && isIP(name) === 0;

/** Whether a URL means a DNS name, valid or not. */
export const isDnsUrl = (url: unknown): url is string => typeof url === 'string' && /^dns[:+]/i.test(url);

/** The DNS name of a URL; `undefined` if the URL is none of {@link DNS_NAME_FORMS}. */
export function dnsNameOf(url: string): DnsName | undefined {
  const srv = SRV.exec(url)?.groups;
  const groups = srv ?? ADDRESSES.exec(url)?.groups;
  const name = groups?.name?.toLowerCase() ?? '';
  if (!groups || !isHost(name)) return undefined;
  if (srv)
    return { name, scheme: srv.service?.toLowerCase() === 'https' ? 'https' : 'http', port: undefined };
  const port = Number(groups.port);
  const isPort = port > 0 && port <= MAX_PORT;
  return isPort ? { name, scheme: groups.tls === undefined ? 'http' : 'https', port } : undefined;
}

const SERVER = /^(?<address>[\d.]+|[a-f\d:]+|\[(?<bracketed>[a-f\d:]+)\])(?::(?<port>\d{1,5}))?$/i;

/** Whether `server` is an address, with or without a port: `10.0.0.2`, `10.0.0.2:53`, `[fd00::2]:53`. */
export function isDnsServer(server: string): boolean {
  if (isIP(server) !== 0) return true;
  const { address = '', bracketed, port } = SERVER.exec(server)?.groups ?? {};
  const isPort = port === undefined || (Number(port) > 0 && Number(port) <= MAX_PORT);
  return isIP(bracketed ?? address) !== 0 && isPort;
}
