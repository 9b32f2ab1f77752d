import { Injectable } from '@nestjs/common';
import { PROBLEM_URN, type Problem, type ProblemDocument } from '#contracts';
import { Neighbours, ServiceUnreachable, TypedClient } from '#registry-client';
import type { ItemDto, ProductServicePaths, ReservedItem } from '#shop-contracts';
import {
  insufficientStock,
  mixedCurrencies,
  reservationReleased,
  unknownProduct,
  type RelayedMembers,
} from '../model/orders.problems.js';
import { NEIGHBOUR_TIMEOUT_MS } from './neighbour-timeout.js';

type Item = Pick<ItemDto, 'productId' | 'quantity'>;

/** The operations of the product service that placing and cancelling an order need. */
export abstract class StockReservations {
  /**
   * Reserves all items for this order, or none. Idempotent.
   * @throws Problem `unknown-product`, `insufficient-stock`, `mixed-currencies` or `stock-given-back`: no stock
   * is reserved.
   * @throws ServiceUnreachable The stock may be reserved or not.
   */
  abstract reserve(
    orderId: string,
    items: readonly Item[],
    requestId: string,
  ): Promise<readonly ReservedItem[]>;

  /**
   * Releases what the order has reserved, if anything. From then on the order cannot reserve stock, even when a
   * delayed {@link reserve} arrives later. Idempotent.
   * @throws ServiceUnreachable
   */
  abstract release(orderId: string, requestId: string): Promise<void>;
}

/** Calls the product service over HTTP. */
@Injectable()
export class NeighbourStockReservations extends StockReservations {
  private readonly service: TypedClient<ProductServicePaths>;

  constructor(neighbours: Neighbours) {
    super();
    this.service = new TypedClient('product-service', neighbours);
  }

  override async reserve(orderId: string, items: readonly Item[], requestId: string) {
    const response = await this.service.call('PUT', RESERVATION, {
      ...commandOf(orderId, requestId),
      body: { items: items.map(({ productId, quantity }) => ({ productId, quantity })) },
    });
    if (response.status !== 200) throw refusalFrom(response);
    const reservation: Partial<typeof response.body> = membersOf(response.body);
    if (reservation.status === 'released') throw reservationReleased();
    if (reservation.status !== 'held' || !reservation.items) throw unexpected(200);
    return reservation.items;
  }

  override async release(orderId: string, requestId: string): Promise<void> {
    const { status } = await this.service.call('DELETE', RESERVATION, commandOf(orderId, requestId));
    // Not 404: the product service responds 204 even for an order without a reservation, so a 404 comes from
    // something else.
    if (status !== 204) throw unexpected(status);
  }
}

const RESERVATION = '/stock-reservations/{orderId}';

const commandOf = (orderId: string, requestId: string) => ({
  path: { orderId },
  headers: { 'x-request-id': requestId },
  timeoutMs: NEIGHBOUR_TIMEOUT_MS,
});

// A status that is neither success nor a known refusal (a bug, an incompatible version): the order stays pending.
const unexpected = (status: number): ServiceUnreachable =>
  new ServiceUnreachable('product-service', 'unavailable', new Error(`received status ${status}`));

/** A response that is no success. */
interface Refused {
  readonly status: number;
  readonly body?: unknown;
  readonly isRepeated?: boolean;
}

/** The members of a body that may be missing, `null`, or not the documented one: the sender may be another program. */
const membersOf = (body: unknown): object => (typeof body === 'object' && body !== null ? body : {});

function refusalFrom({ status, body, isRepeated }: Refused): Error {
  const problem: Partial<ProblemDocument> = membersOf(body);
  const refuse = REFUSALS.get(String(problem.type).replace(PROBLEM_URN, ''));
  // A refusal of a repeated request does not prove that the first request reserved nothing.
  if (!refuse || status >= 500 || isRepeated) return unexpected(status);
  return refuse(problem.detail ?? 'the product service rejected the items', relayedMembersOf(problem));
}

const REFUSALS: ReadonlyMap<string, (detail: string, members: RelayedMembers) => Problem> = new Map([
  ['unknown-product', unknownProduct],
  ['insufficient-stock', insufficientStock],
  ['mixed-currencies', mixedCurrencies],
  ['stock-given-back', reservationReleased],
]);

const STANDARD_MEMBERS = new Set(['type', 'title', 'status', 'detail', 'instance', 'requestId', 'errors']);

// The product service receives the client's items in order, so its JSON pointers to them are valid for the client.
const relayedMembersOf = (problem: Partial<ProblemDocument>): RelayedMembers => ({
  ...(problem.errors && { errors: problem.errors }),
  extensions: Object.fromEntries(Object.entries(problem).filter(([member]) => !STANDARD_MEMBERS.has(member))),
});
