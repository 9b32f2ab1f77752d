import { otlpSpan, type AppSpan } from './otlp-span.js';
import type { TracingConfig } from '../config/tracing-config.js';

/** Sends one batch. @throws Error if the collector did not take it in time */
export type SendSpans = (batch: readonly AppSpan[]) => Promise<void>;

/** `ExportResultCode.SUCCESS` of `@opentelemetry/core`. */
const SUCCESS = 0;
const CONTENT_TYPES = { 'http/protobuf': 'application/x-protobuf', 'http/json': 'application/json' };

/**
 * Connects to an OTLP/HTTP collector. The packages of OpenTelemetry are loaded here, so that an app without traces does
 * not load them.
 */
export async function openOtlpSender(config: TracingConfig): Promise<SendSpans> {
  const [{ createOtlpHttpExportDelegate, httpAgentFactoryFromOptions }, serializers] = await Promise.all([
    import('@opentelemetry/otlp-exporter-base/node-http'),
    import('@opentelemetry/otlp-transformer'),
  ]);
  const isJson = config.protocol === 'http/json';
  const headers = { ...Object.fromEntries(config.headers), 'content-type': CONTENT_TYPES[config.protocol] };
  const delegate = createOtlpHttpExportDelegate(
    {
      url: config.url,
      headers: () => Promise.resolve(headers),
      timeoutMillis: config.timeoutMs,
      compression: config.compression,
      // The queue sends one batch after the other.
      concurrencyLimit: 1,
      agentFactory: httpAgentFactoryFromOptions({ keepAlive: true }),
    },
    isJson ? serializers.JsonTraceSerializer : serializers.ProtobufTraceSerializer,
  );
  type OtlpSpans = Parameters<typeof delegate.export>[0];
  return (batch) =>
    new Promise((resolve, reject) => {
      // Repeats of a request that the collector refused for now take longer than its time limit.
      const limit = setTimeout(
        () => reject(new Error('the time limit of the export passed')),
        config.exportTimeoutMs,
      );
      delegate.export(
        batch.map(otlpSpan) as unknown as OtlpSpans,
        ({ code, error }: { readonly code: number; readonly error?: Error }) => {
          clearTimeout(limit);
          if (code === SUCCESS) resolve();
          else reject(error ?? new Error('the collector refused the spans'));
        },
      );
    });
}
