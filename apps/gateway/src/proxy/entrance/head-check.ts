import type { IncomingMessage } from 'node:http';
import type { Problem } from '#contracts';
import { malformedRequest, transferCodingNotSupported } from '../problems.js';

/** What the request line and `Host` say together. */
export interface RequestHead {
  /** The target in origin form. */
  readonly target: string;
  /** The authority that the client asked for: the target's, if it has one, else `Host`'s (RFC 9112, section 3.2.2). */
  readonly host: string;
  /** Why the request is refused, for what node:http lets pass. */
  readonly fault: Problem | undefined;
}

const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/i;
const AUTHORITY = /^(?:[\w.~!$&'()*+,;=%-]*|\[[0-9a-f:.]+\])(?::\d{0,5})?$/i;

/** Reads the head of `request`. Every fault closes the connection: whoever is wrong about one head may be about the next. */
export function checkHead(request: IncomingMessage): RequestHead {
  const absolute = ABSOLUTE.exec(request.url ?? '/');
  const host = absolute?.[1] ?? request.headers.host ?? '';
  return { target: targetOf(request, absolute), host, fault: faultOf(request, host) };
}

function targetOf({ url = '/' }: IncomingMessage, absolute: RegExpExecArray | null): string {
  if (!absolute) return url;
  const rest = absolute[2] ?? '';
  return rest.startsWith('/') ? rest : `/${rest}`;
}

const CLOSE = { headers: { connection: 'close' } };

function faultOf(request: IncomingMessage, host: string): Problem | undefined {
  const hosts = countHosts(request.rawHeaders);
  if (hosts > 1 || (hosts === 0 && request.httpVersion === '1.1'))
    return malformedRequest('a request has exactly one Host', CLOSE);
  if (!AUTHORITY.test(host)) return malformedRequest('Host is not a host and port', CLOSE);
  return codingFault(request);
}

function countHosts(raw: readonly string[]): number {
  let count = 0;
  for (let i = 0; i < raw.length; i += 2)
    if (raw[i]?.length === 4 && raw[i]?.toLowerCase() === 'host') count += 1;
  return count;
}

function codingFault({ headers, httpVersion }: IncomingMessage): Problem | undefined {
  const coding = headers['transfer-encoding'];
  if (coding === undefined) return undefined;
  // RFC 9112, section 6.1: what a 1.0 sender means by it cannot be known.
  if (httpVersion !== '1.1') return malformedRequest('HTTP/1.0 has no Transfer-Encoding', CLOSE);
  if (headers['content-length'] !== undefined)
    return malformedRequest('a body has one length: Content-Length or Transfer-Encoding', CLOSE);
  return coding.toLowerCase() === 'chunked'
    ? undefined
    : transferCodingNotSupported('the only transfer coding is chunked', CLOSE);
}
