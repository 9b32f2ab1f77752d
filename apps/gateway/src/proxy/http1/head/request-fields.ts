import { expectationFailed, malformedRequest } from '../../exchange/problems.js';
import { INSTANCE_TOKEN_HEADER, REQUEST_TIMEOUT_HEADER } from '#contracts';
import { tellsOrigin } from '../rules/field-names.js';
import { isCounted } from '../rules/max-forwards.js';
import { TIMING_REQUEST_HEADER } from '../rules/server-timing.js';
import type { FieldTaker, FieldTakers } from './field-lines.js';
import { CONTENT_LENGTH, HOST, listMembers, TOKEN } from './grammar.js';
import type { RequestHead } from './request-head.js';

type Taker = FieldTaker<RequestHead>;

const ENDS_HERE = false;
const PASSES_ON = true;

const contentLength: Taker = (head, value, line) => {
  if (head.contentLength !== -1 || !CONTENT_LENGTH.test(line))
    throw malformedRequest('Content-Length must be a single number');
  head.contentLength = Number(value);
  return ENDS_HERE;
};

const transferEncoding: Taker = (head, value) => {
  if (head.isChunked || value.toLowerCase() !== 'chunked')
    throw malformedRequest('Transfer-Encoding must be chunked');
  head.isChunked = true;
  return ENDS_HERE;
};

const host: Taker = (head, value) => {
  if (head.host !== undefined || !HOST.test(value))
    throw malformedRequest('Host must be a host name or address with an optional port');
  head.host = value;
  return ENDS_HERE;
};

const connection: Taker = (head, value) => {
  const options = listMembers(value);
  if (!options.every((option) => TOKEN.test(option)))
    throw malformedRequest('Connection must be a list of tokens');
  head.connection = head.connection.length === 0 ? options : [...head.connection, ...options];
  return ENDS_HERE;
};

const expect: Taker = (head, value) => {
  if (value.toLowerCase() !== '100-continue')
    throw expectationFailed('the only supported expectation is 100-continue');
  // Ignored in HTTP/1.0 requests (RFC 9110, section 10.1.1).
  head.expectsContinue = head.minor === 1;
  return ENDS_HERE;
};

const te: Taker = (head, value) => {
  head.takesTrailers ||= listMembers(value).includes('trailers');
  return ENDS_HERE;
};

const claim: Taker = (head, _value, line) => {
  head.claims += line;
  return ENDS_HERE;
};

const drop: Taker = () => ENDS_HERE;

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
  (fact: Collected): Taker =>
  (head, value) => {
    const before = head[fact];
    head[fact] = before === undefined ? value : `${before}, ${value}`;
    return ENDS_HERE;
  };

const maxForwards: Taker = (head) => {
  head.countsForwards = isCounted(head.method);
  return PASSES_ON;
};

const timing: Taker = (head) => (head.asksForTiming = true);

/** The request fields that the gateway interprets, by lower-case name. */
const KNOWN: ReadonlyMap<string, Taker> = new Map([
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
  ['max-forwards', maxForwards],
  [TIMING_REQUEST_HEADER, timing],
  // Intended for gateways only; a route that needs it looks it up in the head.
  [INSTANCE_TOKEN_HEADER, drop],
  // Hop-by-hop (RFC 9110, sections 7.6.1 and 11.7.2; RFC 9113, section 3.2).
  ['keep-alive', drop],
  ['proxy-connection', drop],
  ['proxy-authorization', drop],
  ['http2-settings', drop],
  // CGI exposes it as HTTP_PROXY ("httpoxy", CVE-2016-5385).
  ['proxy', drop],
]);

const LETTER_X = 0x78;
const LETTER_F = 0x66;

/** Forwarding fields start with one of these letters; other names need no further check. */
const mayTellOrigin = (first: number): boolean => first === LETTER_X || first === LETTER_F;

/** Drops names with underscores, because a CGI-like server cannot distinguish them from `x-forwarded-…`. */
const originTaker = (name: string): Taker | undefined =>
  tellsOrigin(name) ? (name.includes('_') ? drop : claim) : undefined;

/** The takers of request fields. */
export const REQUEST_FIELDS: FieldTakers<RequestHead> = {
  get: (name) => KNOWN.get(name) ?? (mayTellOrigin(name.charCodeAt(0)) ? originTaker(name) : undefined),
};
