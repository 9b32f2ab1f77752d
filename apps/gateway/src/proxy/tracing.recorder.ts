import type { Instance } from '../discovery/index.js';
import type { TrafficMetrics } from '../telemetry/metrics/index.js';
import type { RequestTracer } from '../telemetry/tracing/index.js';
import type { Exchange } from './exchange/exchange.js';
import type { Failure } from './exchange/failure.js';
import type { Recorder } from './exchange/recorder.js';
import { isProxied } from './http1/rules/target.js';

/** Ends the traces of exchanges, beside another recorder. */
export class TracingRecorder implements Recorder {
  constructor(
    private readonly recorder: Recorder,
    private readonly tracer: RequestTracer,
    private readonly traffic: TrafficMetrics,
  ) {}

  attemptFailed(exchange: Exchange, instance: Instance, failure: Failure): void {
    exchange.trace?.endAttempt(instance.id, failure);
    this.recorder.attemptFailed(exchange, instance, failure);
  }

  tunnelOpened(exchange: Exchange): void {
    this.recorder.tunnelOpened(exchange);
  }

  ended(exchange: Exchange): void {
    const trace = isProxied(exchange.target) ? this.tracer.traceOf(exchange) : undefined;
    // It sets the duration and writes the id of the trace to the access log.
    this.recorder.ended(exchange);
    if (!trace || !this.tracer.end(exchange)) return;
    const { route, isTunnel, durationMs } = exchange;
    if (route && !isTunnel)
      this.traffic.service(route.service).latency.setExemplar(durationMs, trace.traceId);
  }
}
