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
const KINDS = { server: 1, client: 2 };
const UNSET = 0;
const ERROR = 2;

/** Seconds and nanoseconds. */
function hrTime(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}

const otlpContext = ({ traceId, spanId, flags, tracestate }: SpanContext, isRemote: boolean) => ({
  ...{ traceId, spanId, traceFlags: flags, isRemote },
  ...(tracestate !== undefined && { traceState: { serialize: () => tracestate } }),
});

/** The span in the form of `ReadableSpan` of OpenTelemetry, as its serialisers read it. */
export function otlpSpan({ resource, span }: AppSpan) {
  const { context, parent, link, name, kind, startMs, endMs, attributes, isError } = span;
  const own = otlpContext(context, false);
  const known = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return {
    ...{ name, resource, instrumentationScope: SCOPE, events: [], ended: true },
    kind: KINDS[kind],
    spanContext: () => own,
    ...(parent && { parentSpanContext: otlpContext(parent, kind === 'server') }),
    startTime: hrTime(startMs),
    endTime: hrTime(endMs),
    duration: hrTime(endMs - startMs),
    status: { code: isError ? ERROR : UNSET },
    attributes: Object.fromEntries(known),
    links: link ? [{ context: otlpContext(link, true), attributes: {} }] : [],
    ...{ droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 },
  };
}
