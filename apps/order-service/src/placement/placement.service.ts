import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { InjectDatabase, newId } from '#service-kit';
import type { OrderDto } from '#shop-contracts';
import { fingerprintOf } from '../idempotency/idempotency-key.js';
import { OrderRequestsRepository } from '../idempotency/order-requests.repository.js';
import { Replays } from '../idempotency/replays.js';
import { placedResponseOf, refusedResponseOf, type PlacedResponse } from '../idempotency/stored-response.js';
import { overloaded, reservationReleased } from '../model/orders.problems.js';
import { ItemNames } from '../store/item-names.js';
import type { OrdersSchema } from '../store/orders.schema.js';
import type { StoredOrder } from '../model/stored-order.js';
import { OrderWorkRepository } from '../store/order-work.repository.js';
import { PlacementSteps, type PlacementOutcome, type Refusal } from './placement-steps.js';
import { StockReleaser } from './stock-releaser.js';

/**
 * Maximum number of orders that one process places concurrently. With more, the called services become so slow that
 * their responses exceed the time-out, and an order that should be confirmed or refused is accepted as `pending`.
 */
export const MAX_PLACEMENTS_IN_FLIGHT = 50;

/** A request for an order. */
export interface PlacementRequest {
  readonly body: OrderDto;
  readonly requestId: string;
  /** The Idempotency-Key as it is stored. */
  readonly key?: string | undefined;
  /** The Idempotency-Key as it was sent. */
  readonly sentKey?: string | undefined;
}

/** The response to the client. */
export type PlacementResponse = PlacedResponse & { readonly replayed: boolean };

/**
 * Accepts orders. The order is stored as `pending` before another service is called, so {@link PendingOrders} can
 * complete or undo the calls when this process crashes in between.
 */
@Injectable()
export class PlacementService {
  private inFlight = 0;

  constructor(
    @InjectDatabase() private readonly database: Kysely<OrdersSchema>,
    private readonly work: OrderWorkRepository,
    private readonly requests: OrderRequestsRepository,
    private readonly replays: Replays,
    private readonly steps: PlacementSteps,
    private readonly releaser: StockReleaser,
    private readonly names: ItemNames,
  ) {}

  /** @throws Problem When the order is refused, or `overloaded`; then no order exists. */
  async place(request: PlacementRequest): Promise<PlacementResponse> {
    if (this.inFlight >= MAX_PLACEMENTS_IN_FLIGHT) throw overloaded();
    this.inFlight += 1;
    try {
      return await this.placeNow(request);
    } finally {
      this.inFlight -= 1;
    }
  }

  private async placeNow(request: PlacementRequest): Promise<PlacementResponse> {
    const order = await this.store(request);
    if (!order) return this.replays.replay(request);
    const response = await this.responseTo(order, await this.steps.run(order), request.key);
    await this.requests.storeResponse(request.key, response);
    return { ...response, replayed: false };
  }

  /**
   * Stores order and key in one transaction, so that neither exists without the other. `undefined`: another request
   * owns the key.
   */
  private store({ key, sentKey, body, requestId }: PlacementRequest): Promise<StoredOrder | undefined> {
    const id = newId();
    const items = body.items.map(({ productId, quantity }) => ({
      productId,
      quantity,
      unitPrice: null,
      name: null,
    }));
    return this.database.transaction().execute(async (trx) => {
      const ownsKey =
        key === undefined ||
        (await this.requests.claim({ key, sentKey, fingerprint: fingerprintOf(body), orderId: id }, trx));
      return ownsKey ? this.work.insert({ id, userId: body.userId, items, requestId }, trx) : undefined;
    });
  }

  /**
   * Derives the response from the order's row, which a client, or a process that took over the claim, may
   * have changed.
   */
  private async responseTo(
    order: StoredOrder,
    outcome: PlacementOutcome,
    key: string | undefined,
  ): Promise<PlacedResponse> {
    const settled = await this.settle(order, outcome, key);
    if (settled && outcome.kind === 'refused') throw outcome.problem;
    const current = settled ?? (await this.releaser.releaseAfterLostClaim(order));
    if (!current) throw reservationReleased();
    return placedResponseOf(await this.names.addTo(current));
  }

  private settle(
    order: StoredOrder,
    outcome: PlacementOutcome,
    key: string | undefined,
  ): Promise<StoredOrder | undefined> {
    if (outcome.kind === 'placed') return this.work.confirm(order, outcome.priced);
    if (outcome.kind === 'unreachable') return this.work.postpone(order, outcome.error.message);
    return this.refuse(order, outcome, key);
  }

  private async refuse(
    order: StoredOrder,
    { problem, release }: Refusal,
    key: string | undefined,
  ): Promise<StoredOrder | undefined> {
    const withdrawn = await this.database.transaction().execute(async (trx) => {
      const row = await this.work.withdraw(order, release, trx);
      if (row) await this.requests.storeResponse(key, refusedResponseOf(problem), trx);
      return row;
    });
    if (withdrawn?.stockRelease === 'due') await this.releaser.releaseClaimed(withdrawn);
    return withdrawn;
  }
}
