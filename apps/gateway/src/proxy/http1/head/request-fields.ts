import { expectationFailed, malformedRequest } from '../../exchange/problems.js';
import { INSTANCE_TOKEN_HEADER, REQUEST_TIMEOUT_HEADER } from '#contracts';
import { describesOrigin, HOP_BY_HOP } from '../../../policy/fixed-fields.js';
import { TIMING_REQUEST_HEADER } from '../rules/server-timing.js';
import type { FieldHandler, FieldHandlers } from './field-lines.js';
import { CONTENT_LENGTH, HOST, listMembers, TOKEN } from './grammar.js';
import type { RequestHead } from './request-head.js';

type Handler = FieldHandler<RequestHead>;

const CONSUMED = false;
const FORWARDED = true;

const contentLength: Handler = (head, value, line) => {
  if (head.contentLength !== -1 || !CONTENT_LENGTH.test(line))
    throw malformedRequest('Content-Length must be a single number');
  head.contentLength = Number(value);
  return CONSUMED;
};

const transferEncoding: Handler = (head, value) => {
  if (head.isChunked || value.toLowerCase() !== 'chunked')
    throw malformedRequest('Transfer-Encoding must be chunked');
  head.isChunked = true;
  return CONSUMED;
};

const host: Handler = (head, value) => {
  if (head.host !== undefined || !HOST.test(value))
    throw malformedRequest('Host must be a host name or address with an optional port');
  head.host = value;
  return CONSUMED;
};

const connection: Handler = (head, value, line) => {
  // node:http does not recognise an option next to a tab.
  if (line.includes('\t')) throw malformedRequest('Connection must not contain a tab');
  const options = listMembers(value);
  if (!options.every((option) => TOKEN.test(option)))
    throw malformedRequest('Connection must be a list of tokens');
  head.connection = head.connection.length === 0 ? options : [...head.connection, ...options];
  return CONSUMED;
};

const expect: Handler = (head, value) => {
  if (value.toLowerCase() !== '100-continue')
    throw expectationFailed('the only supported expectation is 100-continue');
  // Ignored in HTTP/1.0 requests (RFC 9110, section 10.1.1).
  head.expectsContinue = head.minor === 1;
  return CONSUMED;
};

const te: Handler = (head, value) => {
  head.acceptsTrailers ||= listMembers(value).includes('trailers');
  return CONSUMED;
};

const claim: Handler = (head, _value, line) => {
  head.claims += line;
  return CONSUMED;
};

const drop: Handler = () => CONSUMED;

type Collected =
  | 'upgrade'
  | 'requestId'
  | 'forwardedFor'
  | 'forwardedProto'
  | 'forwardedHost'
  | 'forwardedPrefix'
  | 'forwarded'
  | 'requestTimeout';

/** Joins several fields of one name into one list (RFC 9110, section 5.3). */
const collect =
  (fact: Collected): Handler =>
  (head, value) => {
    const before = head[fact];
    head[fact] = before === undefined ? value : `${before}, ${value}`;
    return CONSUMED;
  };

type Kept = 'traceparent' | 'tracestate';

/** Like {@link collect}; the field is forwarded, too. */
const keep =
  (fact: Kept): Handler =>
  (head, value) => {
    const before = head[fact];
    head[fact] = before === undefined ? value : `${before}, ${value}`;
    return FORWARDED;
  };

/** Only TRACE and OPTIONS use it. */
const maxForwards: Handler = (head) => {
  head.countsForwards = head.method === 'TRACE' || head.method === 'OPTIONS';
  return FORWARDED;
};

const timing: Handler = (head) => (head.requestsTiming = true);

/** The request fields that the gateway interprets, by lower-case name. */
const KNOWN: ReadonlyMap<string, Handler> = new Map([
  ...HOP_BY_HOP.map((name) => [name, drop] as const),
  ['content-length', contentLength],
  ['transfer-encoding', transferEncoding],
  ['host', host],
  ['connection', connection],
  ['expect', expect],
  ['te', te],
  ['upgrade', collect('upgrade')],
  ['x-request-id', collect('requestId')],
  [REQUEST_TIMEOUT_HEADER, collect('requestTimeout')],
  ['x-forwarded-for', collect('forwardedFor')],
  ['x-forwarded-proto', collect('forwardedProto')],
  ['x-forwarded-host', collect('forwardedHost')],
  ['forwarded', collect('forwarded')],
  ['x-forwarded-prefix', collect('forwardedPrefix')],
  ['traceparent', keep('traceparent')],
  ['tracestate', keep('tracestate')],
  ['max-forwards', maxForwards],
  [TIMING_REQUEST_HEADER, timing],
  // Intended for gateways only; a route that needs it looks it up in the head.
  [INSTANCE_TOKEN_HEADER, drop],
]);

const LETTER_X = 0x78;
const LETTER_F = 0x66;

/** Forwarding fields start with one of these letters; other names need no further check. */
const mayDescribeOrigin = (first: number): boolean => first === LETTER_X || first === LETTER_F;

/** Drops names with underscores, because a CGI-like server cannot distinguish them from `x-forwarded-…`. */
const originHandler = (name: string): Handler | undefined =>
  describesOrigin(name) ? (name.includes('_') ? drop : claim) : undefined;

/** The handlers of request fields. */
export const REQUEST_FIELDS: FieldHandlers<RequestHead> = {
  get: (name) => KNOWN.get(name) ?? (mayDescribeOrigin(name.charCodeAt(0)) ? originHandler(name) : undefined),
};
