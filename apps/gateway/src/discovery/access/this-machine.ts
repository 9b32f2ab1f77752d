import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4 } from 'node:net';
import type { FastifyRequest } from 'fastify';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Strips brackets and port, as they stand in `Forwarded` and, with some proxies, in `X-Forwarded-For`. */
const bare = (node: string): string =>
  node.replace(/^\[([^\]]*)\](:\d+)?$/, '$1').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');

/** Answers whether `address` is of this machine; what is no address at all is not. */
export function isLoopback(address: string): boolean {
  // As nearly everybody here writes it: a block list costs more than all the rest of a heartbeat's rules.
  if (address.startsWith('127.') && isIPv4(address)) return true;
  const plain = bare(address.trim());
  const version = isIP(plain);
  return version !== 0 && loopback.check(plain, version === 6 ? 'ipv6' : 'ipv4');
}

const unquoted = (value: string): string => value.trim().replace(/^"(.*)"$/, '$1');

const NOBODY: readonly string[] = [];

const isForwarded = (headers: IncomingHttpHeaders): boolean =>
  headers['x-forwarded-for'] !== undefined ||
  headers['x-real-ip'] !== undefined ||
  headers.forwarded !== undefined;

/** Everyone that forwarding headers say the request passed (RFC 7239, section 5.2, and its older cousins). */
function forwardedFor(headers: IncomingHttpHeaders): readonly string[] {
  if (!isForwarded(headers)) return NOBODY;
  const lists = [headers['x-forwarded-for'], headers['x-real-ip']]
    .flat()
    .filter((list) => list !== undefined);
  const nodes = [...(headers.forwarded ?? '').matchAll(/for\s*=\s*("[^"]*"|[^;,\s]*)/gi)];
  return [...lists.flatMap((list) => list.split(',')), ...nodes.map(([, node]) => unquoted(node ?? ''))];
}

/** As nearly everybody here is called: to parse a URL costs more than all the rest of a heartbeat's rules. */
const OUR_NAME = /^(?:localhost|127\.0\.0\.1)(?::[1-5]?\d{1,4})?$/;

function hostNameOf(authority: string | undefined): string {
  const url = `http://${authority ?? ''}`;
  return URL.canParse(url) ? new URL(url).hostname : '';
}

/** Answers whether `host`, as `Host` has it, names this machine and nothing that a page could be called. */
export function isOurName(host: string | undefined): boolean {
  if (host !== undefined && OUR_NAME.test(host)) return true;
  const name = hostNameOf(host);
  return name === 'localhost' || isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}

/** `Host` as it was sent: what `headers` has is the authority of the target, where that has one. */
function sentHost({ rawHeaders }: IncomingMessage): string | undefined {
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  return at === -1 ? undefined : rawHeaders[at + 1];
}

// Of a page that a browser on this machine shows, only the name in Host (DNS rebinding) and Origin tell.
function isFromForeignPage({ raw, headers: { host, origin } }: FastifyRequest): boolean {
  const sent = sentHost(raw);
  if (!isOurName(host) || (sent !== host && !isOurName(sent))) return true;
  return origin !== undefined && origin !== `http://${host ?? ''}`;
}

/**
 * Answers whether a program on this machine sent the request. Stricter than asking who the client is: a proxy on
 * loopback that says it forwards for someone else is not this machine, whether or not it is a trusted proxy, and
 * neither is a web page from elsewhere in a browser here.
 */
export function isFromThisMachine(request: FastifyRequest): boolean {
  const peer = request.raw.socket.remoteAddress ?? '';
  return isLoopback(peer) && forwardedFor(request.headers).every(isLoopback) && !isFromForeignPage(request);
}
