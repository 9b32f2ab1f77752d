import { validateHeaderName, validateHeaderValue } from 'node:http';
import { ConfigError } from './config-error.js';
import { integer, oneOf, parsed, text, url } from './read-env.js';

export type SamplerName =
  | 'always_on'
  | 'always_off'
  | 'traceidratio'
  | 'parentbased_always_on'
  | 'parentbased_always_off'
  | 'parentbased_traceidratio';
export type OtlpProtocol = 'http/protobuf' | 'http/json';
export type OtlpCompression = 'none' | 'gzip';

/** How an app exports its spans. */
export interface TracingConfig {
  readonly url: string;
  readonly protocol: OtlpProtocol;
  readonly headers: ReadonlyMap<string, string>;
  /** Time limit of one request to the collector, milliseconds. */
  readonly timeoutMs: number;
  readonly compression: OtlpCompression;
  /** `undefined`: the name of the app. */
  readonly serviceName: string | undefined;
  readonly resourceAttributes: ReadonlyMap<string, string>;
  readonly sampler: SamplerName;
  /** Share of new traces that are sampled: 0 to 1. */
  readonly ratio: number;
  /** Maximum spans that wait for their export. */
  readonly queueSize: number;
  readonly batchSize: number;
  /** Longest time that a span waits for more, milliseconds. */
  readonly delayMs: number;
  /** Time limit of the export of one batch, with its repeats, milliseconds. */
  readonly exportTimeoutMs: number;
}

const MAX_MS = 3_600_000;
const MAX_SPANS = 1_000_000;

const decoded = (value: string): string | undefined => {
  try {
    return decodeURIComponent(value.trim());
  } catch {
    return undefined;
  }
};

/** Pairs of `name=value`, separated by commas; values are percent-encoded, as in W3C Baggage. */
function pairsIn(input: string): ReadonlyMap<string, string> | undefined {
  const found = input
    .split(',')
    .filter((pair) => pair.trim() !== '')
    .map((pair) => /^\s*([^\s=]+)\s*=(.*)$/s.exec(pair))
    .map((pair) => [pair?.[1], decoded(pair?.[2] ?? '')] as const);
  const isValid =
    found.length > 0 && found.every(([name, value]) => name !== undefined && value !== undefined);
  return isValid ? new Map(found as [string, string][]) : undefined;
}

const pairs = parsed<ReadonlyMap<string, string>>('a list of name=value, separated by commas', pairsIn);

const headerFields = parsed<ReadonlyMap<string, string>>(
  'a list of name=value, separated by commas, whose names and decoded values are valid in a header',
  (input) => {
    const found = pairsIn(input);
    return found && [...found].every(isHeaderField) ? found : undefined;
  },
);

function isHeaderField([name, value]: readonly [string, string]): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

const DECIMAL = /^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

const ratio = parsed<number>('a number from 0 to 1', (input) =>
  DECIMAL.test(input) && Number(input) <= 1 ? Number(input) : undefined,
);

const flag = oneOf('true', 'false');
const httpUrl = url('http', 'https');
const protocol = oneOf<OtlpProtocol>('http/protobuf', 'http/json');
const compression = oneOf<OtlpCompression>('none', 'gzip');
const ms = integer(1, MAX_MS);
const spans = integer(1, MAX_SPANS);

/** The variables of traces, with the names, meanings and defaults of OpenTelemetry. */
export const tracingSpecs = {
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl({
    default: undefined,
    desc: 'URL of an OTLP/HTTP collector, such as `http://collector:4318`; spans go to `/v1/traces` below it. Unset: no traces.',
  }),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrl({
    default: undefined,
    desc: 'Complete URL for spans, instead of `OTEL_EXPORTER_OTLP_ENDPOINT`.',
  }),
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol({
    default: 'http/protobuf',
    desc: 'Encoding of spans. gRPC is not supported.',
  }),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol({
    default: undefined,
    desc: 'Instead of `OTEL_EXPORTER_OTLP_PROTOCOL`.',
  }),
  OTEL_EXPORTER_OTLP_HEADERS: headerFields({
    default: undefined,
    desc: 'Header fields for the collector, such as a credential; values are percent-encoded.',
  }),
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: headerFields({
    default: undefined,
    desc: 'Replaces fields of `OTEL_EXPORTER_OTLP_HEADERS` of the same name.',
  }),
  OTEL_EXPORTER_OTLP_TIMEOUT: ms({
    default: 10_000,
    desc: 'Time limit of a request to the collector, in ms.',
  }),
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: ms({
    default: undefined,
    desc: 'Instead of `OTEL_EXPORTER_OTLP_TIMEOUT`.',
  }),
  OTEL_EXPORTER_OTLP_COMPRESSION: compression({
    default: 'none',
    desc: 'Compression of requests to the collector.',
  }),
  OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: compression({
    default: undefined,
    desc: 'Instead of `OTEL_EXPORTER_OTLP_COMPRESSION`.',
  }),
  OTEL_SDK_DISABLED: flag({ default: 'false', desc: 'With `true`, no traces.' }),
  OTEL_TRACES_EXPORTER: oneOf('otlp', 'none')({ default: 'otlp', desc: 'With `none`, no traces.' }),
  OTEL_SERVICE_NAME: text({
    default: undefined,
    desc: 'Name of the app in traces; in the monolith, of its gateway. Unset: the name of each app.',
  }),
  OTEL_RESOURCE_ATTRIBUTES: pairs({
    default: undefined,
    desc: 'Attributes of the app in traces, such as `deployment.environment.name=staging`.',
  }),
  OTEL_TRACES_SAMPLER: oneOf<SamplerName>(
    'always_on',
    'always_off',
    'traceidratio',
    'parentbased_always_on',
    'parentbased_always_off',
    'parentbased_traceidratio',
  )({
    default: 'parentbased_always_on',
    desc: 'Which traces are recorded; `parentbased_…` follows the decision of the caller.',
  }),
  OTEL_TRACES_SAMPLER_ARG: ratio({
    default: 1,
    desc: 'Share of traces that `traceidratio` and `parentbased_traceidratio` record.',
  }),
  OTEL_BSP_MAX_QUEUE_SIZE: spans({
    default: 2048,
    desc: 'Maximum spans that wait for their export; further ones are dropped and counted.',
  }),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: spans({
    default: 512,
    desc: 'Maximum spans of one request to the collector.',
  }),
  OTEL_BSP_SCHEDULE_DELAY: ms({
    default: 5000,
    desc: 'Longest time that a span waits for its export, in ms.',
  }),
  OTEL_BSP_EXPORT_TIMEOUT: ms({
    default: 30_000,
    desc: 'Time limit of the export of a batch, with its repeats, in ms.',
  }),
};

/** The values of {@link tracingSpecs}. */
export interface TracingVariables {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT: string | undefined;
  readonly OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: string | undefined;
  readonly OTEL_EXPORTER_OTLP_PROTOCOL: OtlpProtocol;
  readonly OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: OtlpProtocol | undefined;
  readonly OTEL_EXPORTER_OTLP_HEADERS: ReadonlyMap<string, string> | undefined;
  readonly OTEL_EXPORTER_OTLP_TRACES_HEADERS: ReadonlyMap<string, string> | undefined;
  readonly OTEL_EXPORTER_OTLP_TIMEOUT: number;
  readonly OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: number | undefined;
  readonly OTEL_EXPORTER_OTLP_COMPRESSION: OtlpCompression;
  readonly OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: OtlpCompression | undefined;
  readonly OTEL_SDK_DISABLED: 'true' | 'false';
  readonly OTEL_TRACES_EXPORTER: 'otlp' | 'none';
  readonly OTEL_SERVICE_NAME: string | undefined;
  readonly OTEL_RESOURCE_ATTRIBUTES: ReadonlyMap<string, string> | undefined;
  readonly OTEL_TRACES_SAMPLER: SamplerName;
  readonly OTEL_TRACES_SAMPLER_ARG: number;
  readonly OTEL_BSP_MAX_QUEUE_SIZE: number;
  readonly OTEL_BSP_MAX_EXPORT_BATCH_SIZE: number;
  readonly OTEL_BSP_SCHEDULE_DELAY: number;
  readonly OTEL_BSP_EXPORT_TIMEOUT: number;
}

/**
 * Converts the variables of {@link tracingSpecs}; `undefined` if they ask for no traces.
 * @throws ConfigError if a batch would not fit into the queue
 */
export function tracingConfigOf(vars: TracingVariables): TracingConfig | undefined {
  const target = urlOf(vars);
  if (target === undefined || vars.OTEL_SDK_DISABLED === 'true' || vars.OTEL_TRACES_EXPORTER === 'none')
    return undefined;
  if (vars.OTEL_BSP_MAX_EXPORT_BATCH_SIZE > vars.OTEL_BSP_MAX_QUEUE_SIZE)
    throw new ConfigError(['OTEL_BSP_MAX_EXPORT_BATCH_SIZE must not exceed OTEL_BSP_MAX_QUEUE_SIZE']);
  return {
    url: target,
    protocol: vars.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? vars.OTEL_EXPORTER_OTLP_PROTOCOL,
    headers: new Map([
      ...(vars.OTEL_EXPORTER_OTLP_HEADERS ?? []),
      ...(vars.OTEL_EXPORTER_OTLP_TRACES_HEADERS ?? []),
    ]),
    timeoutMs: vars.OTEL_EXPORTER_OTLP_TRACES_TIMEOUT ?? vars.OTEL_EXPORTER_OTLP_TIMEOUT,
    compression: vars.OTEL_EXPORTER_OTLP_TRACES_COMPRESSION ?? vars.OTEL_EXPORTER_OTLP_COMPRESSION,
    serviceName: vars.OTEL_SERVICE_NAME,
    resourceAttributes: vars.OTEL_RESOURCE_ATTRIBUTES ?? new Map(),
    sampler: vars.OTEL_TRACES_SAMPLER,
    ratio: vars.OTEL_TRACES_SAMPLER_ARG,
    queueSize: vars.OTEL_BSP_MAX_QUEUE_SIZE,
    batchSize: vars.OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
    delayMs: vars.OTEL_BSP_SCHEDULE_DELAY,
    exportTimeoutMs: vars.OTEL_BSP_EXPORT_TIMEOUT,
  };
}

function urlOf(vars: TracingVariables): string | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: whole } = vars;
  return whole ?? (base === undefined ? undefined : `${base.replace(/\/$/, '')}/v1/traces`);
}
