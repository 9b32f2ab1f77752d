import { Injectable } from '@nestjs/common';
import {
  PROBLEM_URN,
  type Problem,
  type ItemDto,
  type ProblemDocument,
  type Reservation,
  type ReservedItem,
} from '#contracts';
import { Neighbours, NeighbourUnreachable, type NeighbourAnswer } from '#registry-client';
import {
  insufficientStock,
  mixedCurrencies,
  stockGivenBack,
  unknownProduct,
  type Particulars,
} from '../orders/orders.problems.js';
import { NEIGHBOUR_TIMEOUT_MS } from './neighbour-timeout.js';

type Item = Pick<ItemDto, 'productId' | 'quantity'>;

/** What placing and cancelling an order need of the product service. */
export abstract class StockKeeper {
  /**
   * Takes all items from stock for this order, or none; repeating it changes nothing.
   * @throws Problem `unknown-product`, `insufficient-stock`, `mixed-currencies` or `stock-given-back`: nothing is held.
   * @throws NeighbourUnreachable: it may be held or not.
   */
  abstract hold(orderId: string, items: readonly Item[], requestId: string): Promise<readonly ReservedItem[]>;

  /**
   * Gives back what the order holds, if it does; from then on the order can hold nothing, also when a delayed {@link hold}
   * arrives later. Repeating it changes nothing. @throws NeighbourUnreachable
   */
  abstract release(orderId: string, requestId: string): Promise<void>;
}

/** Commands the product service. */
@Injectable()
export class NeighbourStockKeeper extends StockKeeper {
  constructor(private readonly neighbours: Neighbours) {
    super();
  }

  override async hold(orderId: string, items: readonly Item[], requestId: string) {
    const body = { items: items.map(({ productId, quantity }) => ({ productId, quantity })) };
    const answer = await this.command('PUT', orderId, requestId, body);
    if (answer.status !== 200 && answer.status !== 201) throw refusalOf(answer);
    const reservation = answer.body as Reservation;
    if (reservation.status !== 'held') throw stockGivenBack();
    return reservation.items;
  }

  override async release(orderId: string, requestId: string): Promise<void> {
    const { status } = await this.command('DELETE', orderId, requestId);
    // Not 404: an order that holds nothing is 204 too, so that would be something else than the product service.
    if (status !== 200 && status !== 204) throw unexpected(status);
  }

  private command(method: 'PUT' | 'DELETE', orderId: string, requestId: string, body?: object) {
    return this.neighbours.call({
      service: 'product-service',
      method,
      path: `/stock-reservations/${orderId}`,
      headers: { 'x-request-id': requestId },
      timeoutMs: NEIGHBOUR_TIMEOUT_MS,
      ...(body && { body }),
    });
  }
}

// A status that says neither yes nor no (a bug there, a version that does not fit): the order waits for better days.
const unexpected = (status: number): NeighbourUnreachable =>
  new NeighbourUnreachable('product-service', 'unavailable', new Error(`it answered ${status}`));

function refusalOf({ status, body, isRepeated }: NeighbourAnswer): Error {
  const problem = (body ?? {}) as Partial<ProblemDocument>;
  const refuse = REFUSALS[problem.type?.replace(PROBLEM_URN, '') ?? ''];
  // A refusal of the second request does not say that the first one reserves nothing.
  if (!refuse || status >= 500 || isRepeated) return unexpected(status);
  return refuse(problem.detail ?? 'the product service refuses the items', particularsOf(problem));
}

const REFUSALS: Readonly<Record<string, (detail: string, particulars: Particulars) => Problem>> = {
  'unknown-product': unknownProduct,
  'insufficient-stock': insufficientStock,
  'mixed-currencies': mixedCurrencies,
  'stock-given-back': stockGivenBack,
};

const STANDARD_MEMBERS = new Set(['type', 'title', 'status', 'detail', 'instance', 'requestId', 'errors']);

// Its items are ours, so its JSON pointers to them are right for our client too.
const particularsOf = (problem: Partial<ProblemDocument>): Particulars => ({
  ...(problem.errors && { errors: problem.errors }),
  extensions: Object.fromEntries(Object.entries(problem).filter(([member]) => !STANDARD_MEMBERS.has(member))),
});
