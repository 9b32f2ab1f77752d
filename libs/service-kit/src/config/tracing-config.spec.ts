import { readBaseConfig } from './base-config.js';

const ENDPOINT = 'http://collector:4318';

const tracingOf = (env: Readonly<Record<string, string>>) =>
  readBaseConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT, ...env }).tracing;

describe('The variables of traces', () => {
  it.each<Readonly<Record<string, string>>>([
    { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
    { OTEL_SDK_DISABLED: 'TRUE' },
    { OTEL_TRACES_EXPORTER: 'none' },
  ])('ask for none with %j', (env) => {
    expect(tracingOf(env)).toBeUndefined();
  });

  it('have the defaults of OpenTelemetry', () => {
    expect(tracingOf({})).toEqual({
      url: `${ENDPOINT}/v1/traces`,
      protocol: 'http/protobuf',
      headers: new Map(),
      timeoutMs: 10_000,
      compression: 'none',
      serviceName: undefined,
      resourceAttributes: new Map(),
      sampler: 'parentbased_always_on',
      ratio: 1,
      queueSize: 2048,
      batchSize: 512,
      delayMs: 5000,
      exportTimeoutMs: 30_000,
    });
  });

  it('prefer those of traces to those of all signals', () => {
    const env = {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces/in',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20a, x-a = 1',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'authorization=Bearer%20b',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '7',
      OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: 'gzip',
    };
    expect(tracingOf(env)).toMatchObject({
      url: 'https://traces/in',
      headers: new Map([
        ['authorization', 'Bearer b'],
        ['x-a', '1'],
      ]),
      ...{ protocol: 'http/json', timeoutMs: 7, compression: 'gzip' },
    });
  });

  it.each([
    ['.5', 0.5],
    ['0.25', 0.25],
    ['1.', 1],
    ['1e-3', 0.001],
    ['0', 0],
  ])('take the share %s of traces', (share, expected) => {
    expect(tracingOf({ OTEL_TRACES_SAMPLER_ARG: share })?.ratio).toBe(expected);
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'authorization'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=%'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'x=a%0d%0ab'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'x(=a'],
    ['OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'x=%E2%82%AC'],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '1s'],
    ['OTEL_EXPORTER_OTLP_COMPRESSION', 'br'],
    ['OTEL_RESOURCE_ATTRIBUTES', '=a'],
    ['OTEL_TRACES_EXPORTER', 'zipkin'],
    ['OTEL_TRACES_SAMPLER', 'jaeger_remote'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
    ['OTEL_TRACES_SAMPLER_ARG', '.'],
    ['OTEL_TRACES_SAMPLER_ARG', '-0'],
    ['OTEL_BSP_MAX_QUEUE_SIZE', '0'],
    ['OTEL_BSP_MAX_EXPORT_BATCH_SIZE', '2049'],
    ['OTEL_SDK_DISABLED', 'yes'],
  ])('end the start with the name of a bad one: %s=%s', (name, value) => {
    expect(() => tracingOf({ [name]: value })).toThrow(new RegExp(`bad configuration: ${name} must`));
  });
});
