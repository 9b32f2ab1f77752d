import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Logger } from '#service-kit';
import { OrderRequestsRepository } from '../idempotency/order-requests.repository.js';
import { OrderWorkRepository } from './order-work.repository.js';
import { PendingWork } from './pending-work.js';

export const LOGGER = Symbol('logger');

const INTERVAL_MS = 1000;
// Orders of one pass, and how many of them at the same time: what a neighbour that comes back has to bear at once.
const BATCH = 50;
const AT_ONCE = 10;
const PASSES_PER_PURGE = 600;

/**
 * Finishes by itself what requests could not: every second, and at start, it looks for orders whose work is due. All
 * instances do so; claims see to it that no two of them work on the same order.
 */
@Injectable()
export class PendingOrders implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private passes = 0;
  private pass: Promise<void> = Promise.resolve();

  constructor(
    private readonly work: OrderWorkRepository,
    private readonly pending: PendingWork,
    private readonly requests: OrderRequestsRepository,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.next(0);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.pass;
  }

  /** Tries everything that is due now, once. */
  async runOnce(): Promise<void> {
    const ids = await this.work.due(BATCH);
    while (ids.length > 0 && !this.stopped)
      await Promise.all(ids.splice(0, AT_ONCE).map((id) => this.resume(id)));
  }

  // One order that fails in an unforeseen way must not keep the others waiting; its claim runs out, then it is tried again.
  private async resume(id: string): Promise<void> {
    try {
      await this.pending.resume(id);
    } catch (error) {
      this.logger.error({ err: error, orderId: id }, 'an order could not be worked on; it is tried again');
    }
  }

  private next(delayMs: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.pass = this.takePass();
    }, delayMs);
    this.timer.unref();
  }

  private async takePass(): Promise<void> {
    try {
      if (this.passes++ % PASSES_PER_PURGE === 0) await this.requests.purge();
      await this.runOnce();
    } catch (error) {
      this.logger.warn({ err: error }, 'unfinished orders cannot be looked for; trying on');
    }
    this.next(INTERVAL_MS);
  }
}
