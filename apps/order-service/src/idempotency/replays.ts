import { Injectable } from '@nestjs/common';
import type { OrderDto } from '#shop-contracts';
import type { StoredOrder } from '../model/stored-order.js';
import { ItemNames } from '../store/item-names.js';
import { OrderWorkRepository } from '../store/order-work.repository.js';
import { fingerprintOf } from './idempotency-key.js';
import { keyReused, stillInFlight } from './idempotency.problems.js';
import { OrderRequestsRepository, type OrderRequest } from './order-requests.repository.js';
import { placedResponseOf, replayedProblem, type PlacedResponse } from './stored-response.js';

export const REPLAYED_HEADER = 'idempotency-replayed';

interface RepeatedRequest {
  readonly key?: string | undefined;
  readonly sentKey?: string | undefined;
  readonly body: OrderDto;
}

/** Replays the first response to a request whose key was used before. */
@Injectable()
export class Replays {
  constructor(
    private readonly requests: OrderRequestsRepository,
    private readonly orders: OrderWorkRepository,
    private readonly names: ItemNames,
  ) {}

  /** @throws Problem When the first request was refused, is still in flight, or had another body. */
  async replay({ key, sentKey, body }: RepeatedRequest) {
    const fingerprint = fingerprintOf(body);
    const first = key === undefined ? undefined : await this.requests.find({ key, sentKey, fingerprint });
    // The entry expired between the claim and this read; the client's retry finds the key free.
    if (!first) throw stillInFlight();
    if (first.fingerprint !== fingerprint) throw keyReused();
    if (first.response?.kind === 'refused')
      throw replayedProblem(first.response, { [REPLAYED_HEADER]: 'true' });
    return { ...(first.response ?? (await this.fromOrder(first))), replayed: true };
  }

  // No response is stored: the first request is in flight, or its process crashed. `PendingOrders` completes the
  // order in any case, so the response is derived from the order.
  private async fromOrder({ orderId, locked }: OrderRequest): Promise<PlacedResponse> {
    const order = await this.orders.current(orderId);
    if (!order || (order.status === 'pending' && (locked || mayStillBeRefused(order)))) throw stillInFlight();
    return placedResponseOf(await this.names.addTo(order));
  }
}

// The first request holds claim 1. Until an attempt is recorded or another process claims the order, that request may
// still withdraw it, however long it has stalled.
const mayStillBeRefused = ({ claim, attempts }: StoredOrder): boolean => claim <= 1 && attempts === 0;
