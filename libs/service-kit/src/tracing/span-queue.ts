/** Counts of a queue. */
export interface SpanCounts {
  readonly exported: number;
  /** Not accepted, because the queue was full. */
  readonly dropped: number;
  /** Lost with a batch that the collector did not take. */
  readonly failed: number;
}

/** Limits of a queue. */
export interface QueueLimits {
  readonly queueSize: number;
  readonly batchSize: number;
  /** Longest time that an item waits for more, milliseconds. */
  readonly delayMs: number;
}

/**
 * Items that wait for their export. One batch is sent at a time, outside of the turn that added its last item. While the
 * collector does not take batches, the queue fills, and further items are dropped.
 */
export class SpanQueue<T> {
  private waiting: T[] = [];
  private timer: NodeJS.Timeout | undefined = undefined;
  private sending: Promise<void> | undefined = undefined;
  private readonly totals = { exported: 0, dropped: 0, failed: 0 };

  /** @param send rejects if the batch is lost */
  constructor(
    private readonly limits: QueueLimits,
    private readonly send: (batch: readonly T[]) => Promise<void>,
  ) {}

  get counts(): SpanCounts {
    return this.totals;
  }

  add(item: T): void {
    const { waiting, limits } = this;
    if (waiting.length >= limits.queueSize) {
      this.totals.dropped += 1;
      return;
    }
    waiting.push(item);
    if (waiting.length === limits.batchSize) setImmediate(() => void this.sendBatches(false));
    this.schedule();
  }

  /** Sends what waits. Resolves when everything is sent or lost. */
  async flush(): Promise<void> {
    await this.sending;
    await this.sendBatches(true);
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.sendBatches(true);
    }, this.limits.delayMs).unref();
  }

  /** @param isDue also a batch that is not full */
  private sendBatches(isDue: boolean): Promise<void> {
    this.sending ??= this.sendEach(isDue).finally(() => (this.sending = undefined));
    return this.sending;
  }

  private async sendEach(isDue: boolean): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    let isLast = false;
    while (!isLast && this.waiting.length >= (isDue ? 1 : this.limits.batchSize)) {
      const batch = this.waiting.splice(0, this.limits.batchSize);
      isLast = batch.length < this.limits.batchSize;
      await this.sendOne(batch);
    }
    if (this.waiting.length > 0) this.schedule();
  }

  private async sendOne(batch: readonly T[]): Promise<void> {
    try {
      await this.send(batch);
      this.totals.exported += batch.length;
    } catch {
      this.totals.failed += batch.length;
    }
  }
}
