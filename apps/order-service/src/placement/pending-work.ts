import { Injectable } from '@nestjs/common';
import { Clock } from '../orders/clock.js';
import type { StoredOrder } from '../orders/stored-order.js';
import { backoffMs } from './backoff.js';
import { OrderWorkRepository } from './order-work.repository.js';
import { PlacementSteps } from './placement-steps.js';
import { StockReleaser } from './stock-releaser.js';

/** Does what is left to do for one order: finishes a `pending` one, or gives stock back. */
@Injectable()
export class PendingWork {
  constructor(
    private readonly work: OrderWorkRepository,
    private readonly steps: PlacementSteps,
    private readonly releaser: StockReleaser,
    private readonly clock: Clock,
  ) {}

  /** Does nothing when another process works on the order, or nothing is left. */
  async resume(id: string): Promise<void> {
    const order = await this.work.claim(id);
    if (order?.status === 'pending') await this.finish(order);
    else if (order?.stockRelease === 'due') await this.releaser.releaseClaimed(order);
  }

  private async finish(order: StoredOrder): Promise<void> {
    const outcome = await this.steps.take(order);
    if (outcome.kind === 'unreachable')
      return this.work.postpone(
        order,
        this.clock.now() + backoffMs(order.attempts + 1),
        outcome.error.message,
      );
    if (outcome.kind === 'placed') {
      if (!(await this.work.confirm(order.id, outcome.priced)))
        await this.releaser.releaseOvertaken(order.id);
      return;
    }
    const rejected = await this.work.reject(order.id, outcome.problem.message, outcome.release);
    if (rejected?.stockRelease === 'due') await this.releaser.releaseClaimed(rejected);
  }
}
