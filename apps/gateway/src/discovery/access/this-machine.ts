import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4 } from 'node:net';
import type { FastifyRequest } from 'fastify';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Strips brackets and port, which `Forwarded` and, with some proxies, `X-Forwarded-For` contain. */
const bare = (node: string): string =>
  node.replace(/^\[([^\]]*)\](:\d+)?$/, '$1').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');

/** Whether `address` is a loopback address; `false` for text that is not an address. */
export function isLoopback(address: string): boolean {
  // The usual form. A block list costs more than all other checks of a heartbeat together.
  if (address.startsWith('127.') && isIPv4(address)) return true;
  const plain = bare(address.trim());
  const version = isIP(plain);
  return version !== 0 && loopback.check(plain, version === 6 ? 'ipv6' : 'ipv4');
}

const unquoted = (value: string): string => value.trim().replace(/^"(.*)"$/, '$1');

const NO_NODES: readonly string[] = [];

const isForwarded = (headers: IncomingHttpHeaders): boolean =>
  headers['x-forwarded-for'] !== undefined ||
  headers['x-real-ip'] !== undefined ||
  headers.forwarded !== undefined;

/** All nodes that the forwarding fields list (RFC 7239, section 5.2, `X-Forwarded-For` and `X-Real-IP`). */
function forwardedFor(headers: IncomingHttpHeaders): readonly string[] {
  if (!isForwarded(headers)) return NO_NODES;
  const lists = [headers['x-forwarded-for'], headers['x-real-ip']]
    .flat()
    .filter((list) => list !== undefined);
  const nodes = [...(headers.forwarded ?? '').matchAll(/for\s*=\s*("[^"]*"|[^;,\s]*)/gi)];
  return [...lists.flatMap((list) => list.split(',')), ...nodes.map(([, node]) => unquoted(node ?? ''))];
}

/** The usual forms. Parsing a URL costs more than all other checks of a heartbeat together. */
const LOCAL_NAME = /^(?:localhost|127\.0\.0\.1)(?::[1-5]?\d{1,4})?$/;

function hostNameOf(authority: string | undefined): string {
  const url = `http://${authority ?? ''}`;
  return URL.canParse(url) ? new URL(url).hostname : '';
}

/**
 * Whether `host`, a `Host` field value, is `localhost` or an IP address: names that DNS rebinding cannot use.
 */
export function isLocalName(host: string | undefined): boolean {
  if (host !== undefined && LOCAL_NAME.test(host)) return true;
  const name = hostNameOf(host);
  return name === 'localhost' || isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}

/** `Host` as sent: for an absolute-form target, `headers` has the authority of the target instead. */
function sentHost({ rawHeaders }: IncomingMessage): string | undefined {
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  return at === -1 ? undefined : rawHeaders[at + 1];
}

// Only the name in `Host` (DNS rebinding) and `Origin` identify a page shown by a browser on this machine.
function isFromForeignPage({ raw, headers: { host, origin } }: FastifyRequest): boolean {
  const sent = sentHost(raw);
  if (!isLocalName(host) || (sent !== host && !isLocalName(sent))) return true;
  return origin !== undefined && origin !== `http://${host ?? ''}`;
}

/**
 * Whether a program on this machine sent the request. Stricter than the client address: a proxy on loopback
 * that forwards for another machine does not count as this machine, even if it is a trusted proxy, nor does a
 * web page from another origin in a browser on this machine.
 */
export function isFromThisMachine(request: FastifyRequest): boolean {
  const peer = request.raw.socket.remoteAddress ?? '';
  return isLoopback(peer) && forwardedFor(request.headers).every(isLoopback) && !isFromForeignPage(request);
}
