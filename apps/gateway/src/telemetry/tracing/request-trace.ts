import { newSpanId, SAMPLED, type SpanContext } from '#registry-client';

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
  /** 0 until it ends. */
  endedAt = 0;
  failure: AttemptFailure | undefined = undefined;

  /**
   * @param isHedged sent beside another attempt that was late
   * @param previous the attempt before it
   */
  constructor(
    readonly instance: TracedInstance,
    readonly isHedged: boolean,
    readonly startedAt: number,
    readonly previous: TracedAttempt | undefined,
  ) {}
}

/**
 * The spans of one request while it is under way: ids, times and numbers. They become spans of OpenTelemetry when the
 * request has ended and its trace is kept. Most are not kept, so that nothing is made that an attempt does not send.
 */
export class RequestTrace {
  private last: TracedAttempt | undefined = undefined;
  private own: SpanContext | undefined = undefined;

  /**
   * @param flags of all spans of the request
   * @param parent the span of the client; `undefined` begins a trace
   * @param link the span of the client if its trace is not continued
   */
  constructor(
    readonly traceId: string,
    private readonly flags: number,
    readonly parent: SpanContext | undefined,
    readonly link: SpanContext | undefined,
  ) {}

  /** The server span. No attempt sends its id, so it gets one when it is first needed. */
  get context(): SpanContext {
    const { traceId, flags, tracestate } = this;
    return (this.own ??= { traceId, spanId: newSpanId(), flags, tracestate });
  }

  get tracestate(): string | undefined {
    return this.parent?.tracestate;
  }

  get isSampled(): boolean {
    return (this.flags & SAMPLED) !== 0;
  }

  /** In the order in which they began. */
  get attempts(): readonly TracedAttempt[] {
    const attempts: TracedAttempt[] = [];
    for (let attempt = this.last; attempt; attempt = attempt.previous) attempts.push(attempt);
    return attempts.reverse();
  }

  beginAttempt(instance: TracedInstance, isHedged: boolean, startedAt: number): TracedAttempt {
    return (this.last = new TracedAttempt(instance, isHedged, startedAt, this.last));
  }

  /** The field line `traceparent` of the request of an attempt, with CRLF. */
  traceparentLineOf({ spanId }: TracedAttempt): string {
    return `traceparent: 00-${this.traceId}-${spanId}-0${this.flags}\r\n`;
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
