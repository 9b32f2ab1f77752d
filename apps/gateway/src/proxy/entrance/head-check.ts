import type { IncomingMessage } from 'node:http';
import type { Problem } from '#contracts';
import { headTooLarge, malformedRequest } from '../problems.js';
import { MAX_FIELDS } from '../wire/head/field-lines.js';
import { HOST, listMembers, TOKEN } from '../wire/head/grammar.js';

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

/** Reads the head of `request`. Every fault closes the connection: whoever is wrong about one head may be about the next. */
export function checkHead(request: IncomingMessage): RequestHead {
  const absolute = ABSOLUTE.exec(request.url ?? '/');
  const host = absolute?.[1] ?? request.headers.host;
  return { target: targetOf(request, absolute), host: host ?? '', fault: faultOf(request, host) };
}

function targetOf({ url = '/' }: IncomingMessage, absolute: RegExpExecArray | null): string {
  if (!absolute) return url;
  const rest = absolute[2] ?? '';
  return rest.startsWith('/') ? rest : `/${rest}`;
}

const CLOSE = { headers: { connection: 'close' } };

function faultOf(request: IncomingMessage, host: string | undefined): Problem | undefined {
  const { rawHeaders, httpVersion } = request;
  // node:http reads HTTP/0.9 and 2.0 too, by the rules of 1.1.
  if (httpVersion !== '1.1' && httpVersion !== '1.0')
    return malformedRequest('the version is neither HTTP/1.1 nor 1.0', CLOSE);
  if (rawHeaders.length > 2 * MAX_FIELDS)
    return headTooLarge(`the head has more than ${MAX_FIELDS} fields`, CLOSE);
  return hostFault(request, host) ?? connectionFault(request) ?? codingFault(request);
}

function hostFault(
  { rawHeaders, headers, httpVersion }: IncomingMessage,
  host: string | undefined,
): Problem | undefined {
  const hosts = countHosts(rawHeaders);
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1'))
    return malformedRequest('a request has exactly one Host', CLOSE);
  const isValid = [host, headers.host].every((each) => each === undefined || HOST.test(each));
  return isValid ? undefined : malformedRequest('Host is not a host and port', CLOSE);
}

function connectionFault({ headers }: IncomingMessage): Problem | undefined {
  const { connection } = headers;
  if (connection === undefined || listMembers(connection).every((option) => TOKEN.test(option)))
    return undefined;
  return malformedRequest('Connection must be a list of tokens', CLOSE);
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
    : malformedRequest('Transfer-Encoding must be chunked', CLOSE);
}
