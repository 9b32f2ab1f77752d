import { Injectable } from '@nestjs/common';
import { NeighbourUnreachable } from '#registry-client';
import { StockKeeper } from '../neighbours/stock-keeper.js';
import { Clock } from '../orders/clock.js';
import type { StoredOrder } from '../orders/stored-order.js';
import { backoffMs } from './backoff.js';
import { OrderWorkRepository } from './order-work.repository.js';

/** Gives stock back, now if possible, else later. That it is due is in the order's row before this is tried. */
@Injectable()
export class StockReleaser {
  constructor(
    private readonly work: OrderWorkRepository,
    private readonly stock: StockKeeper,
    private readonly clock: Clock,
  ) {}

  /** For an order whose release has just become due. Whoever else has a claim on it does this instead. */
  async releaseSoon(id: string): Promise<void> {
    const claimed = await this.work.claim(id);
    if (claimed?.stockRelease === 'due') await this.releaseClaimed(claimed);
  }

  /** For an order that the caller has claimed. */
  async releaseClaimed(order: StoredOrder): Promise<void> {
    try {
      await this.stock.release(order.id, order.requestId);
      await this.work.released(order.id);
    } catch (error) {
      if (!(error instanceof NeighbourUnreachable)) throw error;
      await this.work.postpone(order, this.clock.now() + backoffMs(order.attempts + 1), error.message);
    }
  }

  /**
   * For a claimed order that stock was held for, and that turns out not to be `pending` any more. Its release may even be
   * `done`, if this process stood still for longer than its claim: then it is due again.
   */
  async releaseOvertaken(id: string): Promise<void> {
    await this.work.reopenRelease(id);
    const current = await this.work.current(id);
    if (current?.stockRelease === 'due') await this.releaseClaimed(current);
  }
}
