import { Injectable } from '@nestjs/common';
import { ServiceUnreachable } from '#registry-client';
import { StockReservations } from '../neighbours/stock-reservations.js';
import type { StoredOrder } from '../model/stored-order.js';
import { OrderWorkRepository } from '../store/order-work.repository.js';

/** Releases stock, now if possible, else later. The order's row records the release as due before the first attempt. */
@Injectable()
export class StockReleaser {
  constructor(
    private readonly work: OrderWorkRepository,
    private readonly stock: StockReservations,
  ) {}

  /** For an order whose release has just become due. A process that has claimed the order releases it instead. */
  async releaseSoon(id: string): Promise<void> {
    const claimed = await this.work.claim(id);
    if (claimed?.stockRelease === 'due') await this.releaseClaimed(claimed);
  }

  /**
   * For an order that the caller has claimed. `false`: the product service is unreachable; the release
   * is postponed.
   */
  async releaseClaimed(order: StoredOrder): Promise<boolean> {
    try {
      await this.stock.release(order.id, order.requestId);
      await this.work.released(order);
      return true;
    } catch (error) {
      if (!(error instanceof ServiceUnreachable)) throw error;
      await this.work.postpone(order, error.message);
      return false;
    }
  }

  /**
   * For an order that the caller claimed and could not change; returns its current state. If a client cancelled the
   * order, its stock is released. If the claim was taken over, the new owner completes the order. If its row is
   * gone, its reservation is released.
   */
  async releaseAfterLostClaim({ id, claim, requestId }: StoredOrder): Promise<StoredOrder | undefined> {
    const current = await this.work.current(id);
    if (!current) await this.stock.release(id, requestId);
    else if (current.claim === claim && current.stockRelease === 'due') await this.releaseClaimed(current);
    return current;
  }
}
