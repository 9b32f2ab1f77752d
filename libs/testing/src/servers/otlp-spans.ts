/** A span as a collector received it. */
export interface ReceivedSpan {
  /** `service.name` of its resource. */
  readonly app: string;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first span of a trace. */
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly name: string;
  /** Number of `SpanKind` of OTLP: 2 is a server, 3 a client, 4 a producer, 5 a consumer. */
  readonly kind: number;
  readonly startNano: bigint;
  readonly endNano: bigint;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Number of `StatusCode` of OTLP: 2 is an error. */
  readonly status: number;
  /** Trace ids of its links. */
  readonly links: readonly string[];
}

/** The fields of a message by number: bytes of a nested message or text, or a number. */
type Message = ReadonlyMap<number, readonly (Buffer | bigint)[]>;

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;

/** Reads a message of protobuf without its schema. */
function messageOf(bytes: Buffer): Message {
  const fields = new Map<number, (Buffer | bigint)[]>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (count: number): Buffer => bytes.subarray(at, (at += count));
  while (at < bytes.length) {
    const tag = Number(varint());
    const type = tag & 7;
    const value =
      type === VARINT
        ? varint()
        : type === FIXED64
          ? take(8).readBigUInt64LE()
          : type === LENGTH
            ? take(Number(varint()))
            : BigInt(take(4).readUInt32LE());
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), value]);
  }
  return fields;
}

const bytesIn = (message: Message, field: number): Buffer =>
  (message.get(field)?.[0] as Buffer | undefined) ?? Buffer.alloc(0);
const textIn = (message: Message, field: number): string => bytesIn(message, field).toString();
const hexIn = (message: Message, field: number): string => bytesIn(message, field).toString('hex');
const numberIn = (message: Message, field: number): bigint =>
  (message.get(field)?.[0] as bigint | undefined) ?? 0n;
const messagesIn = (message: Message, field: number): Message[] =>
  (message.get(field) ?? []).map((bytes) => messageOf(bytes as Buffer));

function valueOf(value: Message): unknown {
  if (value.has(1)) return textIn(value, 1);
  if (value.has(2)) return numberIn(value, 2) === 1n;
  if (value.has(3)) return Number(numberIn(value, 3));
  return undefined;
}

const attributesIn = (message: Message, field: number): Record<string, unknown> =>
  Object.fromEntries(
    messagesIn(message, field).map((pair) => [textIn(pair, 1), valueOf(messageOf(bytesIn(pair, 2)))]),
  );

function spanOf(span: Message, resource: Readonly<Record<string, unknown>>): ReceivedSpan {
  return {
    app: String(resource['service.name']),
    resource,
    traceId: hexIn(span, 1),
    spanId: hexIn(span, 2),
    traceState: textIn(span, 3),
    parentSpanId: hexIn(span, 4),
    name: textIn(span, 5),
    kind: Number(numberIn(span, 6)),
    startNano: numberIn(span, 7),
    endNano: numberIn(span, 8),
    attributes: attributesIn(span, 9),
    links: messagesIn(span, 13).map((link) => hexIn(link, 1)),
    status: Number(numberIn(messageOf(bytesIn(span, 15)), 3)),
  };
}

/** The spans of an `ExportTraceServiceRequest` (opentelemetry-proto, trace.proto) in protobuf. */
export const spansIn = (request: Buffer): ReceivedSpan[] =>
  messagesIn(messageOf(request), 1).flatMap((resourceSpans) => {
    const resource = attributesIn(messageOf(bytesIn(resourceSpans, 1)), 1);
    return messagesIn(resourceSpans, 2).flatMap((scopeSpans) =>
      messagesIn(scopeSpans, 2).map((span) => spanOf(span, resource)),
    );
  });
