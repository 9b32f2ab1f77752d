import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { InjectDatabase, newId } from '#service-kit';
import type { OrderDto } from '#shop-contracts';
import { fingerprintOf } from '../idempotency/idempotency-key.js';
import { OrderRequestsRepository } from '../idempotency/order-requests.repository.js';
import { Replays } from '../idempotency/replays.js';
import { placedAnswerOf, refusedAnswerOf, type PlacedAnswer } from '../idempotency/stored-answer.js';
import { overloaded, stockGivenBack } from '../model/orders.problems.js';
import type { OrdersSchema } from '../store/orders.schema.js';
import type { StoredOrder } from '../model/stored-order.js';
import { OrderWorkRepository } from '../store/order-work.repository.js';
import { PlacementSteps, type PlacementOutcome, type Refusal } from './placement-steps.js';
import { StockReleaser } from './stock-releaser.js';

/**
 * Maximum number of orders that one process places concurrently. With more, the called services become so slow that
 * their responses exceed the time-out, and an order that should be confirmed or refused is accepted as `pending`.
 */
export const MOST_IN_FLIGHT = 50;

/** A request for an order. */
export interface PlacementRequest {
  readonly body: OrderDto;
  readonly requestId: string;
  readonly key: string | undefined;
}

/** The response to the client. */
export type PlacementAnswer = PlacedAnswer & { readonly replayed: boolean };

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
  ) {}

  /** @throws Problem When the order is refused, or `overloaded`; then no order exists. */
  async place(request: PlacementRequest): Promise<PlacementAnswer> {
    if (this.inFlight >= MOST_IN_FLIGHT) throw overloaded();
    this.inFlight += 1;
    try {
      return await this.placeNow(request);
    } finally {
      this.inFlight -= 1;
    }
  }

  private async placeNow(request: PlacementRequest): Promise<PlacementAnswer> {
    const order = await this.store(request);
    if (!order) return this.replays.answer(request);
    const answer = await this.answerTo(order, await this.steps.take(order), request.key);
    await this.requests.answer(request.key, answer);
    return { ...answer, replayed: false };
  }

  /**
   * Stores order and key in one transaction, so that neither exists without the other. `undefined`: another request
   * owns the key.
   */
  private store({ key, body, requestId }: PlacementRequest): Promise<StoredOrder | undefined> {
    const id = newId();
    const items = body.items.map(({ productId, quantity }) => ({ productId, quantity, unitPrice: null }));
    return this.database.transaction().execute(async (trx) => {
      const mine =
        key === undefined ||
        (await this.requests.claim({ key, fingerprint: fingerprintOf(body), orderId: id }, trx));
      return mine ? this.work.insert({ id, userId: body.userId, items, requestId }, trx) : undefined;
    });
  }

  /**
   * Derives the response from the order's row, which a client, or a process that took over the claim, may
   * have changed.
   */
  private async answerTo(
    order: StoredOrder,
    outcome: PlacementOutcome,
    key: string | undefined,
  ): Promise<PlacedAnswer> {
    const settled = await this.settle(order, outcome, key);
    if (settled && outcome.kind === 'refused') throw outcome.problem;
    const current = settled ?? (await this.releaser.releaseOvertaken(order));
    if (!current) throw stockGivenBack();
    return placedAnswerOf(current);
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
      if (row) await this.requests.answer(key, refusedAnswerOf(problem), trx);
      return row;
    });
    if (withdrawn?.stockRelease === 'due') await this.releaser.releaseClaimed(withdrawn);
    return withdrawn;
  }
}
