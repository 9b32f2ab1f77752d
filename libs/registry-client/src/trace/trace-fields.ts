import { RANDOM, SAMPLED, type SpanContext } from './span.js';

/** The trace fields of a request, by their lower-case names. */
export interface TraceFields {
  readonly traceparent?: string;
  readonly tracestate?: string;
  readonly baggage?: string;
}

// W3C Trace Context, section 3.2: lower-case hexadecimal, no version ff, no all-zero id. A later version may add
// fields.
const TRACEPARENT =
  /^(?:00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}|(?!00|ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-[\x21-\x7e]{0,256})?)$/;
// Section 3.3.1: up to 32 members; every participant has to propagate at least 512 characters.
const TRACESTATE_MEMBER = /^([a-z\d][a-z\d_\-*/@]{0,255})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{1,256}$/;
const MAX_TRACESTATE_MEMBERS = 32;
const MAX_TRACESTATE_LENGTH = 512;
// W3C Baggage, section 3.3.2. More would not fit into the 16 KiB limit of a neighbour for request heads.
const BAGGAGE_MEMBER = /^[!#$%&'*+\-.^_`|~\w]+[ \t]*=[\x20-\x7e\t]*$/;
const MAX_BAGGAGE_LENGTH = 8192;

const KNOWN_FLAGS = SAMPLED | RANDOM;

export const isTraceparent = (field: string): boolean => TRACEPARENT.test(field);

/** The trace id of a `traceparent` value; `undefined` if the value is absent or invalid. */
export const traceIdIn = (traceparent: string | undefined): string | undefined =>
  traceparent !== undefined && isTraceparent(traceparent) ? traceparent.slice(3, 35) : undefined;

/** Whether the list has up to 32 members in up to 512 characters, each with a key of its own. */
export function isTracestate(field: string): boolean {
  if (field.length > MAX_TRACESTATE_LENGTH) return false;
  const members = field.split(',').map((member) => member.trim());
  if (members.length > MAX_TRACESTATE_MEMBERS) return false;
  const keys = members.flatMap((member) => (member === '' ? [] : [TRACESTATE_MEMBER.exec(member)?.[1]]));
  return !keys.includes(undefined) && new Set(keys).size === keys.length;
}

export const isBaggage = (field: string): boolean =>
  field.length <= MAX_BAGGAGE_LENGTH &&
  field.split(',').every((member) => BAGGAGE_MEMBER.test(member.trim()));

/**
 * The span that a caller names in `traceparent`, of any version except ff; `undefined` if the field is invalid.
 * @param tracestate all fields of that name, joined by ","; a list that is invalid or has no member is left out
 */
export function readSpanContext(traceparent: string, tracestate?: string): SpanContext | undefined {
  if (!isTraceparent(traceparent)) return undefined;
  const isPassed = tracestate !== undefined && isTracestate(tracestate);
  return {
    traceId: traceparent.slice(3, 35),
    spanId: traceparent.slice(36, 52),
    flags: parseInt(traceparent.slice(53, 55), 16) & KNOWN_FLAGS,
    tracestate: isPassed ? withoutEmptyMembers(tracestate) : undefined,
  };
}

/** Several fields of that name may leave empty members when they are joined. */
function withoutEmptyMembers(tracestate: string): string | undefined {
  const members = tracestate.split(',').map((member) => member.trim());
  return members.filter((member) => member !== '').join(',') || undefined;
}
