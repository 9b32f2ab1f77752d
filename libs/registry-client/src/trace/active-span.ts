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

/** The span context of a trace that begins here. */
export function newTrace(tracer: Tracer): SpanContext {
  const traceId = newTraceId();
  const flags = RANDOM | (tracer.samples(traceId, undefined) ? SAMPLED : 0);
  return { traceId, spanId: newSpanId(), flags, tracestate: undefined };
}

/** The span context of a part of the trace of `parent`, which may be a span of another process. */
export function continueTrace(parent: SpanContext, tracer: Tracer): SpanContext {
  const flags = (parent.flags & RANDOM) | (tracer.samples(parent.traceId, parent) ? SAMPLED : 0);
  return { ...parent, spanId: newSpanId(), flags };
}

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
    const context = parent ? continueTrace(parent, tracer) : newTrace(tracer);
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
