import { AsyncLocalStorage } from 'node:async_hooks';
import type { ActiveSpan, SpanStart } from './active-span.js';
import { isBaggage, isTraceparent, isTracestate, traceIdIn, type TraceFields } from './trace-fields.js';

/**
 * The trace that a request belongs to. Calls to neighbours during the request carry its fields: unchanged, or those of
 * the span that an app with tracing records for the request. Background work belongs to no trace.
 */
export class TraceContext {
  private static readonly current = new AsyncLocalStorage<TraceContext>();
  private hasEnded = false;

  private constructor(
    private readonly received: TraceFields,
    private readonly span?: ActiveSpan,
  ) {}

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

  /** The context of a request that is recorded as `span`, with the baggage of the current work. */
  static of(span: ActiveSpan): TraceContext {
    const { baggage } = TraceContext.fields;
    return new TraceContext({ ...span.fields, ...(baggage !== undefined && { baggage }) }, span);
  }

  /** The id of the trace; `undefined` when the request has baggage only. */
  get traceId(): string | undefined {
    return traceIdIn(this.received.traceparent);
  }

  /** The fields for a call to a neighbour from the current work. */
  static get fields(): TraceFields {
    const context = TraceContext.active;
    return context ? context.received : {};
  }

  /** Starts a span of the current work; `undefined` unless its request is recorded. */
  static startSpan(start: () => SpanStart): ActiveSpan | undefined {
    const span = TraceContext.active?.span;
    return span?.isSampled ? span.child(start()) : undefined;
  }

  private static get active(): TraceContext | undefined {
    const context = TraceContext.current.getStore();
    return context?.hasEnded ? undefined : context;
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

const valid = (
  field: string | string[] | undefined,
  isValid: (field: string) => boolean,
): string | undefined => (typeof field === 'string' && isValid(field) ? field : undefined);
