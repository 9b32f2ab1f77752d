import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { AppReport, type Logger } from '#service-kit';
import { OrderRequestsRepository } from '../idempotency/order-requests.repository.js';
import type { StoredOrder } from '../model/stored-order.js';
import { OrderWorkRepository } from '../store/order-work.repository.js';
import { PendingWork } from './pending-work.js';

export const LOGGER = Symbol('logger');

const INTERVAL_MS = 1000;
// Orders that one instance works on concurrently; limits the load on a service that has just recovered.
const MAX_CONCURRENT = 16;
const PASSES_PER_PURGE = 600;

/**
 * Completes orders that their requests could not complete. Every second, and at start, it works on all orders whose
 * work is due, longest waiting first. A pass ends early after {@link MAX_CONCURRENT} consecutive attempts that found a
 * service unreachable. All instances run this; claims keep two instances from working on the same order.
 */
@Injectable()
export class PendingOrders implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private passes = 0;
  private failuresInRow = 0;
  private currentPass: Promise<void> = Promise.resolve();

  constructor(
    private readonly work: OrderWorkRepository,
    private readonly pending: PendingWork,
    private readonly requests: OrderRequestsRepository,
    @Inject(LOGGER) private readonly logger: Logger,
    report: AppReport,
  ) {
    report.backlog = async () => ({ name: 'pending orders', count: await work.countPending() });
  }

  onApplicationBootstrap(): void {
    this.schedulePass(0);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.currentPass;
  }

  /**
   * Works on everything that is due now, {@link MAX_CONCURRENT} orders at a time, until services turn out to
   * be unreachable.
   */
  async runOnce(): Promise<void> {
    const running = new Set<Promise<void>>();
    this.failuresInRow = 0;
    try {
      while (!this.stopped && this.failuresInRow < MAX_CONCURRENT) {
        const orders = await this.work.claimDue(MAX_CONCURRENT - running.size);
        if (orders.length === 0) break;
        for (const order of orders) {
          const work = this.resume(order).finally(() => running.delete(work));
          running.add(work);
        }
        while (running.size >= MAX_CONCURRENT) await Promise.race(running);
      }
    } finally {
      await Promise.all(running);
    }
  }

  private async resume(order: StoredOrder): Promise<void> {
    this.failuresInRow = (await this.succeeds(order)) ? 0 : this.failuresInRow + 1;
  }

  // An unexpected error in one order must not block the others; the order is retried when its claim expires.
  private async succeeds(order: StoredOrder): Promise<boolean> {
    try {
      return await this.pending.resume(order);
    } catch (error) {
      this.logger.error({ err: error, orderId: order.id }, 'Order processing failed; it will be retried');
      return false;
    }
  }

  private schedulePass(delayMs: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.currentPass = this.runPass();
    }, delayMs);
    this.timer.unref();
  }

  private async runPass(): Promise<void> {
    try {
      if (this.passes++ % PASSES_PER_PURGE === 0) await this.requests.purge();
      await this.runOnce();
    } catch (error) {
      this.logger.warn({ err: error }, 'Query for unfinished orders failed; it will be retried');
    }
    this.schedulePass(INTERVAL_MS);
  }
}
