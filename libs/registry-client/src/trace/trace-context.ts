import { AsyncLocalStorage } from 'node:async_hooks';

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
const TRACESTATE_MEMBER = /^[a-z\d][\w\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{1,256}$/;
const MAX_TRACESTATE_MEMBERS = 32;
const MAX_TRACESTATE_LENGTH = 512;
// W3C Baggage, section 3.3.2. More would not fit into the 16 KiB limit of a neighbour for request heads.
const BAGGAGE_MEMBER = /^[!#$%&'*+\-.^_`|~\w]+[ \t]*=[\x20-\x7e\t]*$/;
const MAX_BAGGAGE_LENGTH = 8192;

/**
 * The trace that a request belongs to. Calls to neighbours during the request carry its fields unchanged. Background
 * work belongs to no trace.
 */
export class TraceContext {
  private static readonly current = new AsyncLocalStorage<TraceContext>();
  private hasEnded = false;

  private constructor(private readonly received: TraceFields) {}

  /** The valid trace fields of `headers`; `undefined` when there are none. */
  static from(headers: Readonly<Record<string, string | string[] | undefined>>): TraceContext | undefined {
    const traceparent = valid(headers.traceparent, isTraceparent);
    // A tracestate has no meaning without its traceparent.
    const tracestate = traceparent && valid(headers.tracestate, isTracestate);
    const baggage = valid(headers.baggage, isBaggage);
    if (traceparent === undefined && baggage === undefined) return undefined;
    return new TraceContext({
      ...(traceparent !== undefined && { traceparent }),
      ...(tracestate !== undefined && { tracestate }),
      ...(baggage !== undefined && { baggage }),
    });
  }

  /** The id of the trace; `undefined` when the request has baggage only. */
  get traceId(): string | undefined {
    return traceIdIn(this.received.traceparent);
  }

  /** The fields for a call to a neighbour from the current work. */
  static get fields(): TraceFields {
    const context = TraceContext.current.getStore();
    return context && !context.hasEnded ? context.received : {};
  }

  /** Runs `work`, and everything it starts, in this trace. */
  run<T>(work: () => T): T {
    return TraceContext.current.run(this, work);
  }

  /** Called when the response is sent: later work is background work. */
  end(): void {
    this.hasEnded = true;
  }
}

/** The trace id of a `traceparent` value; `undefined` if the value is absent or invalid. */
export const traceIdIn = (traceparent: string | undefined): string | undefined =>
  traceparent !== undefined && TRACEPARENT.test(traceparent) ? traceparent.slice(3, 35) : undefined;

const valid = (
  field: string | string[] | undefined,
  isValid: (field: string) => boolean,
): string | undefined => (typeof field === 'string' && isValid(field) ? field : undefined);

const isTraceparent = (field: string): boolean => TRACEPARENT.test(field);

function isTracestate(field: string): boolean {
  const members = field.split(',').map((member) => member.trim());
  return (
    field.length <= MAX_TRACESTATE_LENGTH &&
    members.length <= MAX_TRACESTATE_MEMBERS &&
    members.every((member) => member === '' || TRACESTATE_MEMBER.test(member))
  );
}

const isBaggage = (field: string): boolean =>
  field.length <= MAX_BAGGAGE_LENGTH &&
  field.split(',').every((member) => BAGGAGE_MEMBER.test(member.trim()));
