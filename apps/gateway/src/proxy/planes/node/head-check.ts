import type { IncomingMessage } from 'node:http';
import type { Problem } from '#contracts';
import type { RawFields } from '../../http1/rules/raw-fields.js';
import { expectationFailed, headTooLarge, malformedRequest } from '../../exchange/problems.js';
import { MAX_FIELDS } from '../../http1/head/field-lines.js';
import { HOST, LENGTH_DIGITS, listMembers, TOKEN } from '../../http1/head/grammar.js';

/** The combined result of the request line and `Host`. */
export interface RequestHead {
  /** The target, in origin form. */
  readonly target: string;
  /** The requested authority: that of the target, if it has one, otherwise `Host` (RFC 9112, section 3.2.2). */
  readonly host: string;
  /** Why the request is refused; for faults that node:http accepts. */
  readonly fault: Problem | undefined;
}

const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/i;

/** Reads the head of `request`. Every fault closes the connection: the next head may be invalid too. */
export function checkHead(request: IncomingMessage): RequestHead {
  const absolute = ABSOLUTE.exec(request.url ?? '/');
  const fields = decidingFields(request.rawHeaders);
  const host = absolute?.[1] ?? fields.host;
  return { target: targetOf(request, absolute), host: host ?? '', fault: faultOf(request, fields, host) };
}

/** The fields that determine the interpretation of a request. */
interface DecidingFields {
  host: string | undefined;
  hosts: number;
  connection: string | undefined;
  coding: string | undefined;
  /** The last value of Content-Length; node refuses a second one. */
  length: string | undefined;
  /** The request has an expectation other than `100-continue`. */
  expectsMore: boolean;
}

/** Collects the fields in one pass over the raw list: node's `headers` object may drop duplicates. */
function decidingFields(raw: RawFields): DecidingFields {
  const fields: DecidingFields = {
    host: undefined,
    hosts: 0,
    connection: undefined,
    coding: undefined,
    length: undefined,
    expectsMore: false,
  };
  for (let i = 0; i < raw.length; i += 2) note(fields, raw[i] as string, raw[i + 1] as string);
  return fields;
}

/** Compares the length of the name first, which rules out most fields. */
function note(fields: DecidingFields, name: string, value: string): void {
  if (name.length === 4 && name.toLowerCase() === 'host') {
    fields.host ??= value;
    fields.hosts += 1;
  } else if (name.length === 10 && name.toLowerCase() === 'connection')
    fields.connection = joined(fields.connection, value);
  else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding')
    fields.coding = joined(fields.coding, value);
  else if (name.length === 14 && name.toLowerCase() === 'content-length') fields.length = value;
  else if (name.length === 6 && name.toLowerCase() === 'expect')
    fields.expectsMore ||= value.toLowerCase() !== '100-continue';
}

const joined = (before: string | undefined, value: string): string =>
  before === undefined ? value : `${before}, ${value}`;

function targetOf({ url = '/' }: IncomingMessage, absolute: RegExpExecArray | null): string {
  if (!absolute) return url;
  const rest = absolute[2] ?? '';
  return rest.startsWith('/') ? rest : `/${rest}`;
}

const CLOSE = { headers: { connection: 'close' } };

function faultOf(
  request: IncomingMessage,
  fields: DecidingFields,
  host: string | undefined,
): Problem | undefined {
  const { rawHeaders, httpVersion } = request;
  // node:http also accepts HTTP/0.9 and 2.0, and parses them by the rules of 1.1.
  if (httpVersion !== '1.1' && httpVersion !== '1.0')
    return malformedRequest('the HTTP version must be 1.1 or 1.0', CLOSE);
  if (rawHeaders.length > 2 * MAX_FIELDS)
    return headTooLarge(`the head has more than ${MAX_FIELDS} fields`, CLOSE);
  return (
    hostFault(fields, host, httpVersion) ??
    connectionFault(fields) ??
    lengthFault(fields) ??
    codingFault(fields, httpVersion) ??
    expectationFault(fields)
  );
}

/** node:http only searches for `100-continue` anywhere in the value, and ignores `Expect` in an upgrade request. */
function expectationFault({ expectsMore }: DecidingFields): Problem | undefined {
  if (!expectsMore) return undefined;
  return expectationFailed('the only supported expectation is 100-continue', CLOSE);
}

function hostFault(
  { host: own, hosts }: DecidingFields,
  host: string | undefined,
  version: string,
): Problem | undefined {
  if (hosts > 1 || (hosts === 0 && version === '1.1'))
    return malformedRequest('the request must have exactly one Host field', CLOSE);
  const isValid =
    (host === undefined || HOST.test(host)) && (own === undefined || own === host || HOST.test(own));
  return isValid
    ? undefined
    : malformedRequest('Host must be a host name or address with an optional port', CLOSE);
}

function connectionFault({ connection }: DecidingFields): Problem | undefined {
  if (connection === undefined || listMembers(connection).every((option) => TOKEN.test(option)))
    return undefined;
  return malformedRequest('Connection must be a list of tokens', CLOSE);
}

/** Node accepts more digits than a number represents exactly. */
function lengthFault({ length }: DecidingFields): Problem | undefined {
  if (length === undefined || LENGTH_DIGITS.test(length)) return undefined;
  return malformedRequest('Content-Length must be a single number', CLOSE);
}

function codingFault({ coding, length }: DecidingFields, version: string): Problem | undefined {
  if (coding === undefined) return undefined;
  // RFC 9112, section 6.1: a 1.0 message with Transfer-Encoding has faulty framing.
  if (version !== '1.1') return malformedRequest('HTTP/1.0 does not support Transfer-Encoding', CLOSE);
  if (length !== undefined)
    return malformedRequest('Content-Length and Transfer-Encoding must not be sent together', CLOSE);
  return coding.toLowerCase() === 'chunked'
    ? undefined
    : malformedRequest('Transfer-Encoding must be chunked', CLOSE);
}
