import { droppedByConnection } from './connection-options.js';
import { isHopByHop } from './field-names.js';
import { rewriteCookie, rewriteLocation } from './prefix-rewrite.js';
import { VIA_NAME } from './request-headers.js';

/** Facts that the gateway needs to forward a response. */
export interface AnswerFacts {
  readonly requestId: string;
  /** The path prefix that the client uses. */
  readonly prefix: string;
  /** Scheme, host and port of the instance, in lower case. */
  readonly origin: string;
}

/** The value to send to the client; `undefined` if the field is removed. `lower` is the name in lower case. */
export function answerValue(lower: string, value: string, facts: AnswerFacts): string | undefined {
  switch (lower) {
    case 'location':
    case 'content-location':
      return rewriteLocation(value, facts.prefix, facts.origin);
    case 'set-cookie':
      return rewriteCookie(value, facts.prefix);
    case 'x-request-id':
      return undefined;
    default:
      return isHopByHop(lower) ? undefined : value;
  }
}

/** Appends the fields that the gateway adds to every upstream response to `headers`. */
export function addAnswerFields(headers: string[], facts: AnswerFacts, version: string): void {
  headers.push('x-request-id', facts.requestId, 'via', `${version} ${VIA_NAME}`);
}

/** The fields of an upstream response as sent to the client, flat; order, case and repetition are preserved. */
export function answerHeaders(raw: readonly string[], facts: AnswerFacts, version = '1.1'): string[] {
  const dropped = droppedByConnection(raw);
  const headers: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] ?? '';
    const lower = name.toLowerCase();
    if (dropped?.has(lower)) continue;
    const value = answerValue(lower, raw[i + 1] ?? '', facts);
    if (value !== undefined) headers.push(name, value);
  }
  addAnswerFields(headers, facts, version);
  return headers;
}
