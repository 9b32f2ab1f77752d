import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import type { OrderDto, Problem } from '#contracts';
import { InjectDatabase, newId } from '#service-kit';
import { fingerprintOf } from '../idempotency/idempotency-key.js';
import { OrderRequestsRepository } from '../idempotency/order-requests.repository.js';
import { Replays } from '../idempotency/replays.js';
import { refusedAnswerOf, type PlacedAnswer } from '../idempotency/stored-answer.js';
import { Clock } from '../orders/clock.js';
import type { OrdersSchema } from '../orders/orders.schema.js';
import { viewOf, type StockRelease, type StoredOrder } from '../orders/stored-order.js';
import { backoffMs } from './backoff.js';
import { OrderWorkRepository } from './order-work.repository.js';
import { PlacementSteps, type PlacementOutcome } from './placement-steps.js';
import { StockReleaser } from './stock-releaser.js';

/** A request for an order. */
export interface PlacementRequest {
  readonly body: OrderDto;
  readonly requestId: string;
  readonly key: string | undefined;
}

/** What the client is told. */
export type PlacementAnswer = PlacedAnswer & { readonly replayed: boolean };

/**
 * Takes orders. The order is stored as `pending` before a neighbour is asked for anything, so whatever a neighbour did
 * for it is known to {@link PendingOrders}, also when this process dies in between.
 */
@Injectable()
export class PlacementService {
  constructor(
    @InjectDatabase() private readonly database: Kysely<OrdersSchema>,
    private readonly work: OrderWorkRepository,
    private readonly requests: OrderRequestsRepository,
    private readonly replays: Replays,
    private readonly steps: PlacementSteps,
    private readonly releaser: StockReleaser,
    private readonly clock: Clock,
  ) {}

  /** @throws Problem when the order is refused; then there is none. */
  async place(request: PlacementRequest): Promise<PlacementAnswer> {
    const order = this.newOrder(request);
    if (!(await this.store(order, request))) return this.replays.answer(request);
    const answer = await this.answerTo(order, await this.steps.take(order), request.key);
    await this.requests.answer(request.key, answer);
    return { ...answer, replayed: false };
  }

  private newOrder({ body, requestId }: PlacementRequest): StoredOrder {
    const now = this.clock.now();
    return {
      id: newId(),
      userId: body.userId,
      status: 'pending',
      statusReason: null,
      items: body.items.map(({ productId, quantity }) => ({ productId, quantity, unitPrice: null })),
      total: null,
      currency: null,
      version: 1,
      createdAt: now,
      updatedAt: now,
      stockRelease: 'none',
      attempts: 0,
      requestId,
    };
  }

  /** Order and key in one transaction: neither is ever there without the other. `false`: the key is another request's. */
  private store(order: StoredOrder, { key, body }: PlacementRequest): Promise<boolean> {
    return this.database.transaction().execute(async (trx) => {
      const mine =
        key === undefined ||
        (await this.requests.claim({ key, fingerprint: fingerprintOf(body), orderId: order.id }, trx));
      if (mine) await this.work.insert(order, trx);
      return mine;
    });
  }

  private async answerTo(
    order: StoredOrder,
    outcome: PlacementOutcome,
    key: string | undefined,
  ): Promise<PlacedAnswer> {
    if (outcome.kind === 'refused') {
      await this.refuse(order.id, outcome.problem, outcome.release, key);
      throw outcome.problem;
    }
    if (outcome.kind === 'unreachable') {
      await this.work.postpone(order, this.clock.now() + backoffMs(1), outcome.error.message);
      return this.currentAnswer(order, 202);
    }
    if (!(await this.work.confirm(order.id, outcome.priced))) await this.releaser.releaseOvertaken(order.id);
    return this.currentAnswer(order, 201);
  }

  // Read again rather than made up: the order is listed from the start, so somebody may have cancelled it meanwhile.
  private async currentAnswer(order: StoredOrder, status: 201 | 202): Promise<PlacedAnswer> {
    const current = (await this.work.current(order.id)) ?? order;
    return { kind: 'placed', status, order: viewOf(current), version: current.version };
  }

  private async refuse(
    id: string,
    problem: Problem,
    release: StockRelease,
    key: string | undefined,
  ): Promise<void> {
    await this.database.transaction().execute(async (trx) => {
      await this.work.withdraw(id, release, trx);
      await this.requests.answer(key, refusedAnswerOf(problem), trx);
    });
    if (release !== 'due') return;
    const withdrawn = await this.work.current(id);
    if (withdrawn) await this.releaser.releaseClaimed(withdrawn);
  }
}
