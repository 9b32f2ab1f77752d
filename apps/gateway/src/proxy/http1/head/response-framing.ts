import type { ResponseHead } from './response-head.js';

/** How a response body is sent to the client. */
export const enum Framing {
  /** The received bytes unchanged: with a length, in the chunks of the instance, or no body. */
  AsItComes,
  /** Payload in chunks that the gateway adds: the upstream body ends with its connection. */
  Chunks,
  /** Payload only, ended by the close: the client does not support chunks. */
  UntilClose,
}

const HTTP = 'HTTP/1.1 ';
const REASON_AT = '200'.length;
/** Idle time-out of client connections: above the 60 s of nginx and most load balancers, which then close first. */
export const KEEP_ALIVE_MS = 75_000;
const PERSISTENT = `connection: keep-alive\r\nkeep-alive: timeout=${KEEP_ALIVE_MS / 1000}\r\n\r\n`;
const CLOSING = 'connection: close\r\n\r\n';

/** A status line. The space before the reason phrase stays if the phrase is absent (RFC 9112, section 4). */
export const statusLine = (statusText: string): string =>
  statusText.length === REASON_AT ? `${HTTP}${statusText} \r\n` : `${HTTP}${statusText}\r\n`;

/** The Connection and Keep-Alive lines for the client, and the end of the head. */
export const headEnd = (keepsAlive: boolean): string => (keepsAlive ? PERSISTENT : CLOSING);

/** The body framing of a response to `method` for a client of HTTP/1.`minor`. */
export function framingFor(head: ResponseHead, method: string, minor: number): Framing {
  if (head.contentLength !== -1) return Framing.AsItComes;
  const hasBody = head.hasBody(method);
  // HTTP/1.0 has no chunked coding, so a response to HEAD must not announce it either.
  if (minor === 0 && (hasBody || head.isChunked)) return Framing.UntilClose;
  if (!hasBody) return Framing.AsItComes;
  return head.isChunked ? Framing.AsItComes : Framing.Chunks;
}

/**
 * The body framing lines of the response. A body that is sent unchunked has no trailers to announce (RFC 9112,
 * section 7.1.3), and a 304 no coding: the next 200 tells it.
 */
export function responseFramingLine(head: ResponseHead, framing: Framing): string {
  if (head.status === NO_CONTENT || framing === Framing.UntilClose) return '';
  if (head.contentLength !== -1) return `content-length: ${head.contentLength}\r\n`;
  if (framing !== Framing.Chunks && (!head.isChunked || head.status === NOT_MODIFIED)) return '';
  return head.trailer === undefined ? CHUNKED : `trailer: ${head.trailer}\r\n${CHUNKED}`;
}

// A length in a response without content confuses some clients (RFC 9110, section 8.6).
const NO_CONTENT = 204;
const NOT_MODIFIED = 304;
const CHUNKED = 'transfer-encoding: chunked\r\n';
