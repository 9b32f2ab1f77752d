import type { CloudEvent } from '#contracts';
import {
  ActiveSpan,
  readSpanContext,
  TraceContext,
  type SpanAttributes,
  type SpanStart,
  type Tracer,
} from '#registry-client';
import { errorProperties } from '../errors/error-properties.js';

/** Value of `messaging.system`: OpenTelemetry has none for an outbox. */
const SYSTEM = 'msa_gateway';

type DescribedEvent = Pick<CloudEvent, 'id' | 'type' | 'source' | 'subject'>;

/** A span for one event, by the conventions of OpenTelemetry for messaging and CloudEvents. */
const startOf = (
  kind: 'producer' | 'consumer',
  operation: 'create' | 'process',
  { id, type, source, subject }: DescribedEvent,
  attributes: SpanAttributes,
): SpanStart => ({
  name: `${operation} ${source}`,
  kind,
  attributes: {
    'messaging.system': SYSTEM,
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
    'messaging.destination.name': source,
    'messaging.message.id': id,
    'cloudevents.event_id': id,
    'cloudevents.event_type': type,
    'cloudevents.event_source': source,
    'cloudevents.event_subject': subject,
    ...attributes,
  },
});

/**
 * Starts the span of an event that is published, if the current work is recorded. It ends with the commit: without one the
 * event does not exist.
 */
export const startSpanOfNew = (event: DescribedEvent): ActiveSpan | undefined =>
  TraceContext.startSpan(() => startOf('producer', 'create', event, {}));

/**
 * Runs a handler in the trace of the request that made the change, so that its calls and queries belong to it.
 * @param tracer records the handler as a span; `undefined` without traces
 */
export function inTraceOf(
  event: CloudEvent,
  group: string,
  tracer: Tracer | undefined,
  run: () => Promise<void>,
): Promise<void> {
  const { traceparent } = event;
  if (tracer) return recorded(event, group, tracer, run);
  const trace = TraceContext.from({ traceparent });
  return trace ? trace.run(run) : run();
}

async function recorded(
  event: CloudEvent,
  group: string,
  tracer: Tracer,
  run: () => Promise<void>,
): Promise<void> {
  const parent = event.traceparent === undefined ? undefined : readSpanContext(event.traceparent, undefined);
  const start = startOf('consumer', 'process', event, { 'messaging.consumer.group.name': group });
  const span = ActiveSpan.start(tracer, parent, start);
  const trace = TraceContext.of(span);
  try {
    await trace.run(run);
    span.end({}, false);
  } catch (error) {
    span.end({ 'error.type': errorProperties(error).code ?? 'handler-failed' }, true);
    throw error;
  } finally {
    trace.end();
  }
}
