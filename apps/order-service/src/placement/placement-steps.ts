import { Injectable } from '@nestjs/common';
import { Problem } from '#contracts';
import { ServiceUnreachable } from '#registry-client';
import { StockReservations } from '../neighbours/stock-reservations.js';
import { UserDirectory } from '../neighbours/user-directory.js';
import { priceItems, type PricedItems } from '../model/order-total.js';
import { mixedCurrencies, unknownUser } from '../model/orders.problems.js';
import type { StockRelease, StoredOrder } from '../model/stored-order.js';

/** A final refusal. `release` is `due` when this attempt reserved stock nonetheless; earlier attempts may have, too. */
export interface Refusal {
  readonly kind: 'refused';
  readonly problem: Problem;
  readonly release: Exclude<StockRelease, 'done'>;
}

/** The result of the placement steps. */
export type PlacementOutcome =
  | { readonly kind: 'placed'; readonly priced: PricedItems }
  | Refusal
  /** A called service gave no response; the command may have been carried out. The steps can be repeated. */
  | { readonly kind: 'unreachable'; readonly error: ServiceUnreachable };

/**
 * The steps that place an order: check the user, reserve the stock, compute the price. Every step can be repeated,
 * because stock is reserved under the order's id; after a crash the steps start over.
 */
@Injectable()
export class PlacementSteps {
  constructor(
    private readonly users: UserDirectory,
    private readonly stock: StockReservations,
  ) {}

  async run(order: StoredOrder): Promise<PlacementOutcome> {
    try {
      return await this.attempt(order);
    } catch (error) {
      if (error instanceof ServiceUnreachable) return { kind: 'unreachable', error };
      if (error instanceof Problem) return { kind: 'refused', problem: error, release: 'none' };
      throw error;
    }
  }

  private async attempt({ id, userId, items, requestId }: StoredOrder): Promise<PlacementOutcome> {
    if (!(await this.users.exists(userId, requestId))) throw unknownUser(userId);
    const priced = priceItems(await this.stock.reserve(id, items, requestId));
    return priced
      ? { kind: 'placed', priced }
      : { kind: 'refused', problem: mixedCurrencies(), release: 'due' };
  }
}
