import { randomFillSync } from 'node:crypto';

/** The flags of `traceparent` (W3C Trace Context Level 2, section 3.2.2.5): the caller recorded the request. */
export const SAMPLED = 1;
/** The trace id is random in its last seven bytes. */
export const RANDOM = 2;

/** Identifies a span of this process or of another one. */
export interface SpanContext {
  /** 32 hexadecimal digits in lower case. */
  readonly traceId: string;
  /** 16 hexadecimal digits in lower case. */
  readonly spanId: string;
  /** {@link SAMPLED} and {@link RANDOM}; other bits are 0. */
  readonly flags: number;
  readonly tracestate: string | undefined;
}

/** Values by names of the OpenTelemetry semantic conventions. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A span that has ended. */
export interface Span {
  readonly context: SpanContext;
  readonly parent: SpanContext | undefined;
  /** The trace of the caller, which this trace does not continue. */
  readonly link: SpanContext | undefined;
  readonly name: string;
  readonly kind: 'server' | 'client' | 'producer' | 'consumer';
  /** Milliseconds since the epoch, with a fraction. */
  readonly startMs: number;
  readonly endMs: number;
  /** A value of `undefined` stands for no attribute. */
  readonly attributes: SpanAttributes;
  readonly isError: boolean;
}

/** Decides on traces and takes the spans of one app. Calls return at once and never throw. */
export interface Tracer {
  /**
   * Whether the spans of a trace are recorded.
   * @param parent the span that the trace continues; `undefined` for a new trace
   */
  samples(traceId: string, parent: SpanContext | undefined): boolean;
  record(span: Span): void;
}

const ZEROS: Readonly<Record<number, string>> = { 16: '0'.repeat(16), 32: '0'.repeat(32) };
const POOL_BYTES = 4096;
const pool = Buffer.alloc(POOL_BYTES);
let digits = '';
let position = 0;

/** Random hexadecimal digits; not all of them are 0. */
function randomDigits(count: number): string {
  if (position + count > digits.length) {
    digits = randomFillSync(pool).toString('hex');
    position = 0;
  }
  const id = digits.slice(position, (position += count));
  return id === ZEROS[count] ? randomDigits(count) : id;
}

export const newTraceId = (): string => randomDigits(32);
export const newSpanId = (): string => randomDigits(16);

/** Milliseconds since the epoch of a time of the monotonic clock. */
export const epochMs = (monotonicMs = performance.now()): number => performance.timeOrigin + monotonicMs;

/** The value of `traceparent` that makes a span the parent of a request. */
export const traceparentOf = ({ traceId, spanId, flags }: SpanContext): string =>
  `00-${traceId}-${spanId}-0${flags}`;

/** The attributes of the URL of a request, without its query, which may contain secrets. */
export function urlAttributes(origin: string, target: string): SpanAttributes {
  const [, scheme = '', host, port] = ORIGIN.exec(origin) ?? [];
  return {
    'url.full': origin + pathOf(target),
    'server.address': host,
    'server.port': port === undefined ? DEFAULT_PORTS[scheme] : Number(port),
  };
}

/** The path of a target without its query. */
function pathOf(target: string): string {
  const query = target.indexOf('?');
  return query === -1 ? target : target.slice(0, query);
}

/** Origins come from the registry, which has validated them. */
const ORIGIN = /^(https?):\/\/\[?([^\]/]+?)\]?(?::(\d+))?$/;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };
