import type { Span, SpanContext } from '#registry-client';

/** The app of a span, as `ISerializer` of OTLP takes it. */
export interface OtlpResource {
  readonly attributes: Readonly<Record<string, string>>;
}

/** A span and its app. */
export interface AppSpan {
  readonly resource: OtlpResource;
  readonly span: Span;
}

const SCOPE = { name: 'msa-gateway' };
/** Numbers of `SpanKind` and `SpanStatusCode` in `@opentelemetry/api`. */
const KINDS = { server: 1, client: 2, producer: 3, consumer: 4 };
const UNSET = 0;
const ERROR = 2;

/** Seconds and nanoseconds. */
function hrTime(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}

interface OtlpContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
  readonly isRemote: boolean;
  readonly traceState: { serialize(): string } | undefined;
}

const otlpContext = (context: SpanContext, isRemote: boolean): OtlpContext => {
  const { traceId, spanId, flags, tracestate } = context;
  const traceState = tracestate === undefined ? undefined : { serialize: () => tracestate };
  return { traceId, spanId, traceFlags: flags, isRemote, traceState };
};

/** The attributes that have a value. Much faster than by entries, for the thousands of spans of a batch. */
function knownAttributes(attributes: Span['attributes']): Record<string, string | number | boolean> {
  const known: Record<string, string | number | boolean> = {};
  for (const name in attributes) {
    const value = attributes[name];
    if (value !== undefined) known[name] = value;
  }
  return known;
}

const NONE: readonly never[] = [];

/** The span in the form of `ReadableSpan` of OpenTelemetry, as its serialisers read it. */
export function otlpSpan({ resource, span }: AppSpan) {
  const { context, parent, link, name, kind, startMs, endMs, isError } = span;
  const own = otlpContext(context, false);
  return {
    name,
    resource,
    instrumentationScope: SCOPE,
    kind: KINDS[kind],
    spanContext: () => own,
    parentSpanContext: parent && otlpContext(parent, kind === 'server' || kind === 'consumer'),
    startTime: hrTime(startMs),
    endTime: hrTime(endMs),
    duration: hrTime(endMs - startMs),
    ended: true,
    status: { code: isError ? ERROR : UNSET },
    attributes: knownAttributes(span.attributes),
    events: NONE,
    links: link ? [{ context: otlpContext(link, true), attributes: {} }] : NONE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}
