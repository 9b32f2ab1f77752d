import type { RequestTracer } from '../../../telemetry/tracing/index.js';
import type { StageExchange } from '../../exchange/exchange-state.js';
import type { Fields, Stage, UpstreamRequest } from '../../exchange/stage.js';

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
    const attempt = trace.beginAttempt(instance, instance !== exchange.instance);
    replace(exchange, fields, TRACEPARENT, trace.traceparentOf(attempt));
    replace(exchange, fields, TRACESTATE, trace.context.tracestate);
  }
}

/** Most clients send no trace context; what they did not send need not be searched in the fields. */
function replace(exchange: StageExchange, fields: Fields, name: string, value: string | undefined): void {
  if (exchange.header(name) !== undefined) fields.remove(name);
  if (value !== undefined) fields.append(name, value);
}

/** Removes the trace context of clients on routes that do not trust it, while the gateway records no traces. */
export class UntrustedTraceStage implements Stage {
  readonly name = 'trace-context';
  readonly withheld: ReadonlySet<string> = new Set([TRACEPARENT, TRACESTATE]);
}
