import { Injectable } from '@nestjs/common';
import type { OrderDto } from '#contracts';
import { OrderWorkRepository } from '../placement/order-work.repository.js';
import { fingerprintOf } from './idempotency-key.js';
import { keyReused, stillInFlight } from './idempotency.problems.js';
import { OrderRequestsRepository, type OrderRequest } from './order-requests.repository.js';
import { placedAnswerOf, toProblem, type PlacedAnswer } from './stored-answer.js';

export const REPLAYED_HEADER = 'idempotency-replayed';

/** Answers a request whose key was seen before as the first one was answered. */
@Injectable()
export class Replays {
  constructor(
    private readonly requests: OrderRequestsRepository,
    private readonly orders: OrderWorkRepository,
  ) {}

  /** @throws Problem when the first one was refused, is still in flight, or had another body. */
  async answer({ key, body }: { key: string | undefined; body: OrderDto }) {
    const first = key === undefined ? undefined : await this.requests.find(key);
    // It expired between two looks: the next try will find the key free.
    if (!first) throw stillInFlight();
    if (first.fingerprint !== fingerprintOf(body)) throw keyReused();
    if (first.answer?.kind === 'refused') throw toProblem(first.answer, { [REPLAYED_HEADER]: 'true' });
    return { ...(first.answer ?? (await this.fromOrder(first))), replayed: true };
  }

  // The first request never got its answer: it is on its way, or its process died. Then the order, which is finished
  // by itself, is the answer.
  private async fromOrder({ orderId, locked }: OrderRequest): Promise<PlacedAnswer> {
    const order = await this.orders.current(orderId);
    if (!order || (locked && order.status === 'pending')) throw stillInFlight();
    return placedAnswerOf(order);
  }
}
