import { Injectable } from '@nestjs/common';
import type { StoredOrder } from '../model/stored-order.js';
import { OrderWorkRepository } from '../store/order-work.repository.js';
import { PlacementSteps, type PlacementOutcome } from './placement-steps.js';
import { StockReleaser } from './stock-releaser.js';

/** Does the remaining work of one order: completes a `pending` order, or releases stock. */
@Injectable()
export class PendingWork {
  constructor(
    private readonly work: OrderWorkRepository,
    private readonly steps: PlacementSteps,
    private readonly releaser: StockReleaser,
  ) {}

  /** For an order that the caller has claimed. `false`: a called service is unreachable; the work is postponed. */
  async resume(order: StoredOrder): Promise<boolean> {
    if (order.status !== 'pending') return this.releaser.releaseClaimed(order);
    const outcome = await this.steps.run(order);
    const settled = await this.settle(order, outcome);
    if (!settled) await this.releaser.releaseAfterLostClaim(order);
    if (settled?.stockRelease === 'due') return this.releaser.releaseClaimed(settled);
    return outcome.kind !== 'unreachable';
  }

  private settle(order: StoredOrder, outcome: PlacementOutcome): Promise<StoredOrder | undefined> {
    if (outcome.kind === 'placed') return this.work.confirm(order, outcome.priced);
    if (outcome.kind === 'unreachable') return this.work.postpone(order, outcome.error.message);
    // Always releases stock: an earlier attempt may have reserved stock although its response was lost.
    return this.work.reject(order, outcome.problem.message);
  }
}
