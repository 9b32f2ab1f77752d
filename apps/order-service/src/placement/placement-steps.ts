import { Injectable } from '@nestjs/common';
import { Problem } from '#contracts';
import { NeighbourUnreachable } from '#registry-client';
import { StockKeeper } from '../neighbours/stock-keeper.js';
import { UserDirectory } from '../neighbours/user-directory.js';
import { priceItems, type PricedItems } from '../orders/order-total.js';
import { mixedCurrencies, unknownUser } from '../orders/orders.problems.js';
import type { StockRelease, StoredOrder } from '../orders/stored-order.js';

/** For good; `release` is `due` when this attempt reserved stock nonetheless. Earlier attempts may have, too. */
export interface Refusal {
  readonly kind: 'refused';
  readonly problem: Problem;
  readonly release: Exclude<StockRelease, 'done'>;
}

/** How the steps of placing an order ended. */
export type PlacementOutcome =
  | { readonly kind: 'placed'; readonly priced: PricedItems }
  | Refusal
  /** A neighbour gave no answer: what it was asked may have happened. The steps can be taken again. */
  | { readonly kind: 'unreachable'; readonly error: NeighbourUnreachable };

/**
 * What makes an order out of a request: the user exists, the stock is held, the price is known. Every step may be
 * repeated at will, as stock is held under the order's id; so a crash anywhere is healed by starting over.
 */
@Injectable()
export class PlacementSteps {
  constructor(
    private readonly users: UserDirectory,
    private readonly stock: StockKeeper,
  ) {}

  async take(order: StoredOrder): Promise<PlacementOutcome> {
    try {
      return await this.attempt(order);
    } catch (error) {
      if (error instanceof NeighbourUnreachable) return { kind: 'unreachable', error };
      if (error instanceof Problem) return { kind: 'refused', problem: error, release: 'none' };
      throw error;
    }
  }

  private async attempt({ id, userId, items, requestId }: StoredOrder): Promise<PlacementOutcome> {
    if (!(await this.users.exists(userId, requestId))) throw unknownUser(userId);
    const priced = priceItems(await this.stock.hold(id, items, requestId));
    return priced
      ? { kind: 'placed', priced }
      : { kind: 'refused', problem: mixedCurrencies(), release: 'due' };
  }
}
