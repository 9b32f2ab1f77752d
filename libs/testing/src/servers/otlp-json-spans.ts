import type { ReceivedSpan } from './otlp-spans.js';

/** A value of the JSON form of OTLP; integers are texts. */
interface JsonValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string | number;
}

type JsonAttributes = readonly { readonly key: string; readonly value: JsonValue }[];

interface JsonSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: JsonAttributes;
  readonly status: { readonly code?: number };
  readonly links?: readonly { readonly traceId: string }[];
}

interface JsonRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: JsonAttributes };
    readonly scopeSpans: readonly { readonly spans: readonly JsonSpan[] }[];
  }[];
}

const valueOf = ({ stringValue, boolValue, intValue }: JsonValue): unknown =>
  stringValue ?? boolValue ?? (intValue === undefined ? undefined : Number(intValue));

const attributesOf = (attributes: JsonAttributes): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]));

const spanOf = (span: JsonSpan, resource: Readonly<Record<string, unknown>>): ReceivedSpan => ({
  app: String(resource['service.name']),
  resource,
  traceId: span.traceId,
  spanId: span.spanId,
  parentSpanId: span.parentSpanId ?? '',
  traceState: span.traceState ?? '',
  name: span.name,
  kind: span.kind,
  startNano: BigInt(span.startTimeUnixNano),
  endNano: BigInt(span.endTimeUnixNano),
  attributes: attributesOf(span.attributes),
  status: span.status.code ?? 0,
  links: (span.links ?? []).map(({ traceId }) => traceId),
});

/** The spans of an `ExportTraceServiceRequest` in JSON (OTLP, section "JSON Protobuf Encoding"). */
export function jsonSpansIn(request: Buffer): ReceivedSpan[] {
  const { resourceSpans } = JSON.parse(request.toString()) as JsonRequest;
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((span) => spanOf(span, attributesOf(resource.attributes)))),
  );
}
