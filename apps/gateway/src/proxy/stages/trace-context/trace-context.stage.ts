import type { RequestTracer } from '../../../telemetry/tracing/index.js';
import type { StageExchange } from '../../exchange/exchange-state.js';
import type { Stage, UpstreamRequest } from '../../exchange/stage.js';

const TRACEPARENT = 'traceparent';
const TRACESTATE = 'tracestate';

/**
 * Gives the request of each attempt the trace context of the span of that attempt (W3C Trace Context Level 2), in place
 * of the context that the client sent.
 */
export class TraceContextStage implements Stage {
  readonly name = 'trace-context';

  constructor(private readonly tracer: RequestTracer) {}

  upstreamRequest(exchange: StageExchange, { instance, fields }: UpstreamRequest): void {
    const trace = this.tracer.traceOf(exchange);
    const isHedged = instance !== exchange.instance;
    // A hedged attempt begins beside the last one, whose start is known.
    const startedAt = isHedged ? performance.now() : exchange.attemptStartedAt;
    const attempt = trace.beginAttempt(instance, isHedged, startedAt);
    // Most clients send no trace context; what they did not send need not be searched in the fields.
    if (exchange.header(TRACEPARENT) !== undefined) fields.remove(TRACEPARENT);
    if (exchange.header(TRACESTATE) !== undefined) fields.remove(TRACESTATE);
    fields.appendLine(trace.traceparentLineOf(attempt));
    if (trace.tracestate !== undefined) fields.append(TRACESTATE, trace.tracestate);
  }
}

/** Removes the trace context of clients on routes that do not trust it, while the gateway records no traces. */
export class UntrustedTraceStage implements Stage {
  readonly name = 'trace-context';
  readonly withheld: ReadonlySet<string> = new Set([TRACEPARENT, TRACESTATE]);
}
