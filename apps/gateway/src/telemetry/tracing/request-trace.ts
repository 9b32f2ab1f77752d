import { newSpanId, SAMPLED, traceparentOf, type SpanContext } from '#registry-client';

/** The instance that an attempt is sent to. */
export interface TracedInstance {
  readonly id: string;
  readonly url: string;
}

/** Why an attempt failed, and the status of a response that was rejected. */
export interface AttemptFailure {
  readonly kind: string;
  readonly status?: number | undefined;
}

/** The span of one attempt. Times are milliseconds on the monotonic clock. */
export class TracedAttempt {
  readonly spanId = newSpanId();
  readonly startedAt = performance.now();
  /** 0 until it ends. */
  endedAt = 0;
  failure: AttemptFailure | undefined = undefined;

  /** @param isHedged sent beside another attempt that was late */
  constructor(
    readonly instance: TracedInstance,
    readonly isHedged: boolean,
  ) {}
}

/**
 * The spans of one request while it is under way: ids, times and numbers. They become spans of OpenTelemetry when the
 * request has ended and its trace is kept.
 */
export class RequestTrace {
  readonly attempts: TracedAttempt[] = [];

  /**
   * @param context the server span
   * @param parent the span of the client; `undefined` begins a trace
   * @param link the span of the client if its trace is not continued
   */
  constructor(
    readonly context: SpanContext,
    readonly parent: SpanContext | undefined,
    readonly link: SpanContext | undefined,
  ) {}

  get traceId(): string {
    return this.context.traceId;
  }

  get isSampled(): boolean {
    return (this.context.flags & SAMPLED) !== 0;
  }

  beginAttempt(instance: TracedInstance, isHedged: boolean): TracedAttempt {
    const attempt = new TracedAttempt(instance, isHedged);
    this.attempts.push(attempt);
    return attempt;
  }

  /** The value of `traceparent` for the request of an attempt. */
  traceparentOf({ spanId }: TracedAttempt): string {
    const { traceId, flags } = this.context;
    return traceparentOf({ traceId, spanId, flags, tracestate: undefined });
  }

  /** Ends the attempt that is running at an instance. */
  endAttempt(instanceId: string, failure: AttemptFailure): void {
    const attempt = this.attempts.find(
      ({ endedAt, instance }) => endedAt === 0 && instance.id === instanceId,
    );
    if (!attempt) return;
    attempt.endedAt = performance.now();
    attempt.failure = failure;
  }
}
