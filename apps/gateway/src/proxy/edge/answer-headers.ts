import { droppedByConnection } from './connection-options.js';
import { isHopByHop } from './field-names.js';
import { rewriteCookie, rewriteLocation } from './prefix-rewrite.js';
import { VIA_NAME } from './request-headers.js';

/** What the gateway knows when it passes an answer on. */
export interface AnswerFacts {
  readonly requestId: string;
  /** The prefix that the client sees. */
  readonly prefix: string;
  /** Scheme, host and port of the instance, lower case. */
  readonly origin: string;
}

/** `value` as the client may see it; `undefined` when the field ends here. `lower` is the field's name in lower case. */
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

/** The fields that the gateway adds to every answer of an instance, appended to `headers`. */
export function addAnswerFields(headers: string[], facts: AnswerFacts, version: string): void {
  headers.push('x-request-id', facts.requestId, 'via', `${version} ${VIA_NAME}`);
}

/** The fields of an instance's answer as the client gets them, flat; in order, case and number. */
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
