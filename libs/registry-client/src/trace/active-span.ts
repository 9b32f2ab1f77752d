import {
  epochMs,
  newSpanId,
  newTraceId,
  RANDOM,
  SAMPLED,
  traceparentOf,
  type Span,
  type SpanAttributes,
  type SpanContext,
  type Tracer,
} from './span.js';
import type { TraceFields } from './trace-fields.js';

/** What is known about a span when it starts. */
export interface SpanStart {
  readonly name: string;
  readonly kind: Span['kind'];
  /** Milliseconds since the epoch; by default now. */
  readonly startMs?: number;
  readonly attributes: SpanAttributes;
}

/**
 * The flags of a new span in a trace.
 * @param parent its parent, which may be a span of another process; `undefined`: the trace begins with the span
 */
export const flagsOf = (tracer: Tracer, traceId: string, parent: SpanContext | undefined): number =>
  (parent ? parent.flags & RANDOM : RANDOM) | (tracer.samples(traceId, parent) ? SAMPLED : 0);

/** A span that has not ended. */
export class ActiveSpan {
  private readonly startMs: number;

  private constructor(
    private readonly tracer: Tracer,
    readonly context: SpanContext,
    private readonly parent: SpanContext | undefined,
    private readonly start: SpanStart,
  ) {
    this.startMs = start.startMs ?? epochMs();
  }

  /** @param parent the caller's span; `undefined` begins a trace */
  static start(tracer: Tracer, parent: SpanContext | undefined, start: SpanStart): ActiveSpan {
    const traceId = parent?.traceId ?? newTraceId();
    const flags = flagsOf(tracer, traceId, parent);
    const context = { traceId, spanId: newSpanId(), flags, tracestate: parent?.tracestate };
    return new ActiveSpan(tracer, context, parent, start);
  }

  get isSampled(): boolean {
    return (this.context.flags & SAMPLED) !== 0;
  }

  /** The fields of a request that this span is the parent of. */
  get fields(): TraceFields {
    const { tracestate } = this.context;
    return { traceparent: traceparentOf(this.context), ...(tracestate !== undefined && { tracestate }) };
  }

  /** Starts a span inside this one. */
  child(start: SpanStart): ActiveSpan {
    const context = { ...this.context, spanId: newSpanId() };
    return new ActiveSpan(this.tracer, context, this.context, start);
  }

  /** Ends the span, and records it if it is sampled. */
  end(attributes: SpanAttributes, isError: boolean): void {
    if (!this.isSampled) return;
    const { context, parent, startMs, start } = this;
    const { name, kind } = start;
    this.tracer.record({
      ...{ context, parent, link: undefined, name, kind, startMs, isError },
      endMs: epochMs(),
      attributes: { ...start.attributes, ...attributes },
    });
  }
}
