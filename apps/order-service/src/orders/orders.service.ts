import { Injectable } from '@nestjs/common';
import type { Order, OrderReplacementDto, OrderStatus, Page, PageQueryDto } from '#contracts';
import { changeVersioned, Versioned, type Preconditions } from '#service-kit';
import { StockReleaser } from '../placement/stock-releaser.js';
import { clientMoves } from './order-status.js';
import { illegalTransition, orderImmutable, orderNotFound } from './orders.problems.js';
import { OrdersRepository } from './orders.repository.js';
import { viewOf, type StoredOrder } from './stored-order.js';

/** Reads orders, and moves them from status to status as clients ask. */
@Injectable()
export class OrdersService {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly releaser: StockReleaser,
  ) {}

  list(query: PageQueryDto): Promise<Page<Order>> {
    return this.orders.page(query);
  }

  listOfUser(userId: string, query: PageQueryDto): Promise<Page<Order>> {
    return this.orders.page(query, userId);
  }

  /** @throws Problem `not-found` */
  async get(id: string): Promise<Versioned<Order>> {
    return versioned(await this.find(id));
  }

  /** @throws Problem `order-immutable` when more than the status would change; else as {@link move}. */
  async replace(id: string, body: OrderReplacementDto, preconditions: Preconditions) {
    requireSame(await this.find(id), body);
    return this.move(id, body.status, preconditions);
  }

  /**
   * Moves the order; asking for the status that it has changes nothing.
   * @throws Problem `not-found`, `illegal-transition`, or `precondition-failed`
   */
  async move(
    id: string,
    to: OrderStatus | undefined,
    preconditions: Preconditions,
  ): Promise<Versioned<Order>> {
    // Who loses against another move looks again: whether its own still makes sense is a question to the order of then.
    const order = await changeVersioned({
      preconditions,
      find: () => this.find(id),
      write: (current) => this.write(current, to),
    });
    if (order.stockRelease === 'due') await this.releaser.releaseSoon(order.id);
    return versioned(order);
  }

  private write(current: StoredOrder, to = current.status): Promise<StoredOrder | undefined> {
    if (to === current.status) return Promise.resolve(current);
    if (!clientMoves(current.status).includes(to)) throw illegalTransition(current.status, to);
    return this.orders.move(current, to);
  }

  private async find(id: string): Promise<StoredOrder> {
    const order = await this.orders.find(id);
    if (!order) throw orderNotFound(id);
    return order;
  }
}

const versioned = (order: StoredOrder): Versioned<Order> => new Versioned(order.version, viewOf(order));

function requireSame(order: StoredOrder, { userId, items }: OrderReplacementDto): void {
  if (userId !== undefined && userId !== order.userId) throw orderImmutable('userId');
  if (items !== undefined && quantities(items) !== quantities(order.items)) throw orderImmutable('items');
}

// In any order of the lines.
const quantities = (items: readonly { readonly productId: string; readonly quantity: number }[]): string =>
  JSON.stringify(items.map(({ productId, quantity }) => [productId, quantity]).sort());
