import { readSpanContext } from '#registry-client';
import { malformedRequest, methodNotSupported } from '../../exchange/problems.js';
import { FORWARDED_METHODS } from '../rules/methods.js';
import { eachField, withoutFields } from './field-lines.js';
import { REQUEST_LINE } from './grammar.js';
import { REQUEST_FIELDS } from './request-fields.js';
import { RequestHead } from './request-head.js';

const TRACESTATE: ReadonlySet<string> = new Set(['tracestate']);
const TRACE_CONTEXT: ReadonlySet<string> = new Set(['traceparent', 'tracestate']);
const SLASH = 0x2f;
/** The asterisk form and the start of the absolute form (RFC 9112, section 3.2). */
const OTHER_FORM = /^(?:\*$|[A-Za-z]+:\/\/)/;
const VERSION_TO_END = ' HTTP/1.1\r\n'.length;

/**
 * Parses a request head.
 * @throws Problem 400 for an invalid head, 417 for an unknown expectation, 431 for too many fields, 501 for an
 * unsupported method
 */
export function parseRequestHead(text: string): RequestHead {
  const head = new RequestHead(text);
  const fieldsAt = readRequestLine(head);
  head.fields = eachField(text, fieldsAt, REQUEST_FIELDS, head, malformedRequest);
  checkFraming(head);
  if (head.minor === 1 && head.host === undefined)
    throw malformedRequest('the request must have exactly one Host field');
  if (head.traceparent !== undefined || head.tracestate !== undefined) dropInvalidTrace(head);
  return head;
}

/** Method and target of a rejected head for the record, as far as its request line is valid. Never throws. */
export function lineOf(text: string): RequestHead {
  const head = new RequestHead(text);
  try {
    readRequestLine(head);
  } catch {
    // The record then has no complete request line.
  }
  return head;
}

/**
 * Parses method, target and version into `head`.
 * @returns the offset of the first field line
 * @throws Problem 400 or 501
 */
function readRequestLine(head: RequestHead): number {
  const { text } = head;
  // Old clients send one empty line before the request line (RFC 9112, section 2.2).
  const start = text.startsWith('\r\n') ? 2 : 0;
  REQUEST_LINE.lastIndex = start;
  if (!REQUEST_LINE.test(text)) throw malformedRequest('the request line is not valid');
  const end = REQUEST_LINE.lastIndex;
  const targetAt = text.indexOf(' ', start) + 1;
  head.method = text.slice(start, targetAt - 1);
  head.target = text.slice(targetAt, end - VERSION_TO_END);
  head.minor = text.endsWith('1.1', end - 2) ? 1 : 0;
  if (!FORWARDED_METHODS.has(head.method))
    throw methodNotSupported('the gateway does not support this method');
  if (head.target.charCodeAt(0) !== SLASH && !OTHER_FORM.test(head.target))
    throw malformedRequest('the request target is not valid');
  return end;
}

/**
 * Drops a trace context that is invalid or repeated: each instance would read it differently (W3C Trace Context Level 2,
 * section 4.3).
 */
function dropInvalidTrace(head: RequestHead): void {
  const { traceparent, tracestate } = head;
  const context = traceparent === undefined ? undefined : readSpanContext(traceparent, tracestate);
  if (context && (tracestate === undefined || context.tracestate !== undefined)) return;
  head.fields = withoutFields(head.fields, context ? TRACESTATE : TRACE_CONTEXT);
  head.tracestate = undefined;
  if (!context) head.traceparent = undefined;
}

/** Rejects a head whose body length is ambiguous (RFC 9112, section 6.3). */
function checkFraming(head: RequestHead): void {
  if (!head.isChunked) return;
  if (head.contentLength !== -1)
    throw malformedRequest('Content-Length and Transfer-Encoding must not be sent together');
  if (head.minor === 0) throw malformedRequest('HTTP/1.0 does not support Transfer-Encoding');
}
