import { setTimeout as sleep } from 'node:timers/promises';
import type { Tracer } from '#registry-client';
import { counterFamily, type MetricFamily } from '../metrics/exposition.js';
import { openOtlpSender, type SendSpans } from './otlp-sender.js';
import type { AppSpan, OtlpResource } from './otlp-span.js';
import { samplerOf, type Sampler } from './sampler.js';
import { SpanQueue, type SpanCounts } from './span-queue.js';
import type { TracingConfig } from '../config/tracing-config.js';

/** A shutdown waits no longer for a collector that does not respond. */
const FLUSH_MS = 3000;

/** Called when a batch of spans is lost. */
export type OnLost = (error: unknown) => void;

/** The tracer of one app. */
export interface AppTracer extends Tracer {
  /** Metrics of the export, which the apps of a process share. */
  readonly families: readonly MetricFamily[];
}

/** The export of spans of one process, which may have several apps. */
export class TraceExport {
  private readonly queue: SpanQueue<AppSpan>;
  private readonly sampler: Sampler;
  private users = 0;

  private constructor(
    private readonly config: TracingConfig,
    send: SendSpans,
  ) {
    this.queue = new SpanQueue(config, send);
    this.sampler = samplerOf(config.sampler, config.ratio);
  }

  static async open(config: TracingConfig, onLost: OnLost): Promise<TraceExport> {
    const send = await openOtlpSender(config);
    return new TraceExport(config, async (batch) => {
      try {
        await send(batch);
      } catch (error) {
        onLost(error);
        throw error;
      }
    });
  }

  /**
   * The tracer of an app, until it calls {@link release}.
   * @param hasConfiguredName whether the configured name of the service applies to the app
   */
  of(app: string, hasConfiguredName: boolean): AppTracer {
    this.users += 1;
    const { queue, sampler } = this;
    const resource = this.resourceOf(app, hasConfiguredName);
    return {
      samples: sampler,
      record: (span) => queue.add({ resource, span }),
      get families() {
        return familiesOf(queue.counts);
      },
    };
  }

  /** Called when an app has ended. After the last one, what waits is sent, within {@link FLUSH_MS}. */
  async release(): Promise<void> {
    this.users -= 1;
    if (this.users > 0) return;
    await Promise.race([this.queue.flush(), sleep(FLUSH_MS, undefined, { ref: false })]);
  }

  private resourceOf(app: string, hasConfiguredName: boolean): OtlpResource {
    const { resourceAttributes, serviceName } = this.config;
    const shared = Object.fromEntries(resourceAttributes);
    const named = (hasConfiguredName ? (serviceName ?? shared['service.name']) : undefined) ?? app;
    return { attributes: { ...shared, 'service.name': named } };
  }
}

const familiesOf = ({ exported, dropped, failed }: SpanCounts): readonly MetricFamily[] => [
  counterFamily('gateway_trace_spans_exported', 'Spans that the trace collector took.', [[{}, exported]]),
  counterFamily(
    'gateway_trace_spans_dropped',
    'Spans that found the queue of the export full (OTEL_BSP_MAX_QUEUE_SIZE).',
    [[{}, dropped]],
  ),
  counterFamily(
    'gateway_trace_spans_failed',
    'Spans of batches that the trace collector did not take in time.',
    [[{}, failed]],
  ),
];
