import { flagsOf, newTraceId, readSpanContext, type SpanContext, type Tracer } from '#registry-client';
import { hasFailed } from '../ended-exchange.js';
import { RequestTrace } from './request-trace.js';
import { spansOf } from './request-spans.js';
import type { TracedExchange } from './traced-exchange.js';

/** Traces requests, and decides at their end which traces are kept. */
export class RequestTracer {
  /** @param slowMs requests that take longer are kept; 0: only sampled and failed ones */
  constructor(
    private readonly tracer: Tracer,
    private readonly slowMs: number,
  ) {}

  /** The trace of an exchange; it begins when it is first needed. */
  traceOf(exchange: TracedExchange): RequestTrace {
    return (exchange.trace ??= this.begin(exchange));
  }

  /** Records the spans of an exchange that has ended, if it is sampled, failed or slow. Returns whether it is. */
  end(exchange: TracedExchange): boolean {
    const trace = this.traceOf(exchange);
    if (!trace.isSampled && !this.isNotable(exchange)) return false;
    for (const span of spansOf(exchange, trace)) this.tracer.record(span);
    return true;
  }

  private begin(exchange: TracedExchange): RequestTrace {
    const client = clientOf(exchange);
    const isContinued = client !== undefined && exchange.route?.policy.tracing?.context !== 'restart';
    const parent = isContinued ? client : undefined;
    const traceId = parent?.traceId ?? newTraceId();
    const flags = flagsOf(this.tracer, traceId, parent);
    return new RequestTrace(traceId, flags, parent, isContinued ? undefined : client);
  }

  private isNotable(exchange: TracedExchange): boolean {
    const { durationMs, isTunnel } = exchange;
    return hasFailed(exchange) || (this.slowMs > 0 && durationMs >= this.slowMs && !isTunnel);
  }
}

/** The span that the client names; `undefined` without a valid `traceparent`. */
function clientOf(exchange: TracedExchange): SpanContext | undefined {
  const traceparent = exchange.header('traceparent');
  return traceparent === undefined ? undefined : readSpanContext(traceparent, exchange.header('tracestate'));
}
