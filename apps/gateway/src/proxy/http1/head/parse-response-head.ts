import { upstreamProtocolError } from '../../exchange/problems.js';
import { eachField, type FieldHandler } from './field-lines.js';
import { CONTENT_LENGTH, listMembers, STATUS_LINE } from './grammar.js';
import { HOP_BY_HOP } from '../../../policy/fixed-fields.js';
import { ResponseHead } from './response-head.js';

type Handler = FieldHandler<ResponseHead>;

const VERSION_LENGTH = 'HTTP/1.1'.length;
const ENDS_HERE = false;

/**
 * Parses a response head.
 * @throws Problem 502 for an invalid head, 431 for too many fields
 */
export function parseResponseHead(text: string): ResponseHead {
  const head = new ResponseHead();
  STATUS_LINE.lastIndex = 0;
  if (!STATUS_LINE.test(text)) throw upstreamProtocolError('the status line is not valid');
  const end = STATUS_LINE.lastIndex;
  head.minor = text.charCodeAt(VERSION_LENGTH - 1) - ZERO;
  head.statusText = text.slice(VERSION_LENGTH + 1, end - 2);
  head.status = Number(head.statusText.slice(0, 3));
  head.fields = eachField(text, end, HANDLERS, head, upstreamProtocolError);
  checkFraming(head);
  return head;
}

const ZERO = 0x30;

/** Rejects a head whose body length is ambiguous (RFC 9112, section 6.3). */
function checkFraming(head: ResponseHead): void {
  if (!head.isChunked) return;
  if (head.contentLength !== -1)
    throw upstreamProtocolError('Content-Length and Transfer-Encoding must not be sent together');
  if (head.minor === 0) throw upstreamProtocolError('HTTP/1.0 does not support Transfer-Encoding');
}

const contentLength: Handler = (head, value, line) => {
  if (head.contentLength !== -1 || !CONTENT_LENGTH.test(line))
    throw upstreamProtocolError('Content-Length must be a single number');
  head.contentLength = Number(value);
  return ENDS_HERE;
};

const transferEncoding: Handler = (head, value) => {
  if (head.isChunked || value.toLowerCase() !== 'chunked')
    throw upstreamProtocolError('Transfer-Encoding must be chunked');
  head.isChunked = true;
  return ENDS_HERE;
};

const connection: Handler = (head, value) => {
  const options = listMembers(value);
  head.connection = head.connection.length === 0 ? options : [...head.connection, ...options];
  return ENDS_HERE;
};

const keepAlive: Handler = (head, value) => {
  const seconds = /(?:^|[,;\s])timeout=(\d{1,6})(?=$|[,;\s])/i.exec(value)?.[1];
  if (seconds !== undefined) head.keepAliveSeconds = Number(seconds);
  return ENDS_HERE;
};

const upgrade: Handler = (head, value) => {
  head.upgrade = value;
  return ENDS_HERE;
};

const trailer: Handler = (head, value) => {
  head.trailer = head.trailer === undefined ? value : `${head.trailer}, ${value}`;
  return ENDS_HERE;
};

const date: Handler = (head) => (head.hasDate = true);

const placed: Handler = (head, value, line) => {
  head.placed = [...head.placed, { name: line.slice(0, line.indexOf(':')), value }];
  return ENDS_HERE;
};

const drop: Handler = () => ENDS_HERE;

/** The response fields that the gateway interprets, by lower-case name. */
const HANDLERS: ReadonlyMap<string, Handler> = new Map([
  ...HOP_BY_HOP.map((name) => [name, drop] as const),
  ['content-length', contentLength],
  ['transfer-encoding', transferEncoding],
  ['connection', connection],
  ['keep-alive', keepAlive],
  ['upgrade', upgrade],
  ['date', date],
  ['location', placed],
  ['content-location', placed],
  ['set-cookie', placed],
  // The gateway sends its own id of the exchange instead.
  ['x-request-id', drop],
  ['trailer', trailer],
]);
