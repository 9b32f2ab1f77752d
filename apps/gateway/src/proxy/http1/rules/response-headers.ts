import { droppedByConnection } from './connection-options.js';
import { isHopByHop } from './field-names.js';
import { rewriteCookie, rewriteLocation } from './prefix-rewrite.js';
import { VIA_NAME } from './request-headers.js';

/** Facts that the gateway needs to forward a response. */
export interface ResponseContext {
  readonly requestId: string;
  /** The path prefix that the client uses. */
  readonly prefix: string;
  /** Scheme, host and port of the instance, in lower case. */
  readonly origin: string;
}

/** The value to send to the client; `undefined` if the field is removed. `lower` is the name in lower case. */
export function responseValue(lower: string, value: string, context: ResponseContext): string | undefined {
  switch (lower) {
    case 'location':
    case 'content-location':
      return rewriteLocation(value, context.prefix, context.origin);
    case 'set-cookie':
      return rewriteCookie(value, context.prefix);
    case 'x-request-id':
      return undefined;
    default:
      return isHopByHop(lower) ? undefined : value;
  }
}

/** Appends the fields that the gateway adds to every upstream response to `headers`. */
export function addResponseFields(headers: string[], context: ResponseContext, version: string): void {
  headers.push('x-request-id', context.requestId, 'via', `${version} ${VIA_NAME}`);
}

/** The fields of an upstream response as sent to the client, flat; order, case and repetition are preserved. */
export function responseHeaders(raw: readonly string[], context: ResponseContext, version = '1.1'): string[] {
  const dropped = droppedByConnection(raw);
  const headers: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] ?? '';
    const lower = name.toLowerCase();
    if (dropped?.has(lower)) continue;
    const value = responseValue(lower, raw[i + 1] ?? '', context);
    if (value !== undefined) headers.push(name, value);
  }
  addResponseFields(headers, context, version);
  return headers;
}
