import { Injectable } from '@nestjs/common';
import { NeighbourUnreachable } from '#registry-client';
import { StockKeeper } from '../neighbours/stock-keeper.js';
import type { StoredOrder } from '../orders/stored-order.js';
import { OrderWorkRepository } from './order-work.repository.js';

/** Releases stock, now if possible, else later. That a release is due is in the order's row before it is tried. */
@Injectable()
export class StockReleaser {
  constructor(
    private readonly work: OrderWorkRepository,
    private readonly stock: StockKeeper,
  ) {}

  /** For an order whose release has just become due. A process that has a claim on the order does it instead. */
  async releaseSoon(id: string): Promise<void> {
    const claimed = await this.work.claim(id);
    if (claimed?.stockRelease === 'due') await this.releaseClaimed(claimed);
  }

  /** For an order that the caller has claimed. `false`: the product service cannot be reached, the release is postponed. */
  async releaseClaimed(order: StoredOrder): Promise<boolean> {
    try {
      await this.stock.release(order.id, order.requestId);
      await this.work.released(order);
      return true;
    } catch (error) {
      if (!(error instanceof NeighbourUnreachable)) throw error;
      await this.work.postpone(order, error.message);
      return false;
    }
  }

  /**
   * For an order that its caller claimed and could not change: returns it as it stands. If a client cancelled it, its stock
   * is released. If the claim was taken over, its new owner finishes it. If its row is gone, what was reserved for it is
   * released.
   */
  async releaseOvertaken({ id, claim, requestId }: StoredOrder): Promise<StoredOrder | undefined> {
    const current = await this.work.current(id);
    if (!current) await this.stock.release(id, requestId);
    else if (current.claim === claim && current.stockRelease === 'due') await this.releaseClaimed(current);
    return current;
  }
}
