import { waitFor } from '#testing';
import { SpanQueue, type QueueLimits } from './span-queue.js';

const LIMITS: QueueLimits = { queueSize: 6, batchSize: 2, delayMs: 5 };

/** A collector whose requests end when the test lets them. */
class FakeCollector {
  readonly batches: (readonly number[])[] = [];
  private pending: { resolve(): void; reject(error: Error): void }[] = [];

  readonly send = (batch: readonly number[]): Promise<void> => {
    this.batches.push(batch);
    return new Promise((resolve, reject) => this.pending.push({ resolve, reject }));
  };

  get isBusy(): boolean {
    return this.pending.length > 0;
  }

  take(): void {
    this.pending.shift()!.resolve();
  }

  refuse(): void {
    this.pending.shift()!.reject(new Error('refused'));
  }
}

describe('The queue of spans', () => {
  let collector: FakeCollector;
  const queueOf = (limits: Partial<QueueLimits> = {}): SpanQueue<number> => {
    collector = new FakeCollector();
    return new SpanQueue<number>({ ...LIMITS, ...limits }, collector.send);
  };
  const addAll = (queue: SpanQueue<number>, ...items: number[]): void => {
    for (const item of items) queue.add(item);
  };

  it('sends a full batch after the turn that filled it', async () => {
    const queue = queueOf({ delayMs: 60_000 });
    addAll(queue, 1, 2);
    expect(collector.batches).toEqual([]);
    await waitFor('the batch', () => collector.isBusy);
    expect(collector.batches).toEqual([[1, 2]]);
  });

  it('sends a batch that is not full after the delay, and what arrives while it is sent', async () => {
    const queue = queueOf();
    queue.add(1);
    await waitFor('the first batch', () => collector.isBusy);
    queue.add(2);
    // The delay of the second one passes while the first one is sent.
    await new Promise((resolve) => setTimeout(resolve, LIMITS.delayMs * 4));
    expect(collector.batches).toEqual([[1]]);
    collector.take();
    await waitFor('the second batch', () => collector.isBusy);
    expect(collector.batches).toEqual([[1], [2]]);
  });

  it('drops what does not fit while the collector hangs, and counts it', async () => {
    const queue = queueOf();
    addAll(queue, 1, 2);
    await waitFor('the first batch', () => collector.isBusy);
    addAll(queue, 3, 4, 5, 6, 7, 8, 9, 10);
    expect(queue.counts).toEqual({ exported: 0, dropped: 2, failed: 0 });
    expect(collector.batches).toEqual([[1, 2]]);
  });

  it('loses a batch that the collector refuses, and sends the next one', async () => {
    const queue = queueOf();
    addAll(queue, 1, 2, 3);
    await waitFor('the first batch', () => collector.isBusy);
    collector.refuse();
    await waitFor('the second batch', () => collector.batches.length === 2);
    collector.take();
    await waitFor('the end of the second batch', () => queue.counts.exported === 1);
    expect(queue.counts).toEqual({ exported: 1, dropped: 0, failed: 2 });
  });

  it('sends everything when it is flushed', async () => {
    const queue = queueOf({ delayMs: 60_000, queueSize: 10 });
    addAll(queue, 1, 2, 3);
    const flushed = queue.flush();
    await waitFor('the first batch', () => collector.isBusy);
    collector.take();
    await waitFor('the second batch', () => collector.isBusy);
    collector.take();
    await flushed;
    expect(collector.batches).toEqual([[1, 2], [3]]);
  });
});
