import { Injectable } from '@nestjs/common';
import type { Order, OrderReplacementDto, OrderStatus, Page, PageQueryDto } from '#contracts';
import { StockReleaser } from '../placement/stock-releaser.js';
import { requireMatch } from './preconditions.js';
import { clientMoves } from './order-status.js';
import { illegalTransition, orderImmutable, orderNotFound } from './orders.problems.js';
import { OrdersRepository } from './orders.repository.js';
import type { StoredOrder } from './stored-order.js';

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
  async get(id: string): Promise<StoredOrder> {
    const order = await this.orders.find(id);
    if (!order) throw orderNotFound(id);
    return order;
  }

  /** @throws Problem `order-immutable` when more than the status would change; else as {@link move}. */
  async replace(id: string, body: OrderReplacementDto, ifMatch: string | undefined): Promise<StoredOrder> {
    requireSame(await this.get(id), body);
    return this.move(id, body.status, ifMatch);
  }

  /**
   * Moves the order; asking for the status that it has changes nothing.
   * @throws Problem `not-found`, `illegal-transition`, or `precondition-failed`
   */
  async move(id: string, to: OrderStatus | undefined, ifMatch: string | undefined): Promise<StoredOrder> {
    for (;;) {
      const order = await this.get(id);
      requireMatch(ifMatch, order.version);
      if (to === undefined || to === order.status) return order;
      if (!clientMoves(order.status).includes(to)) throw illegalTransition(order.status, to);
      const moved = await this.orders.move(order, to);
      if (moved) return this.settled(moved);
      // Another move was faster: whether this one still makes sense is a question to the order as it is now.
    }
  }

  private async settled(order: StoredOrder): Promise<StoredOrder> {
    if (order.stockRelease === 'due') await this.releaser.releaseSoon(order.id);
    return order;
  }
}

function requireSame(order: StoredOrder, { userId, items }: OrderReplacementDto): void {
  if (userId !== undefined && userId !== order.userId) throw orderImmutable('userId');
  if (items !== undefined && quantities(items) !== quantities(order.items)) throw orderImmutable('items');
}

// In any order of the lines.
const quantities = (items: readonly { readonly productId: string; readonly quantity: number }[]): string =>
  JSON.stringify(items.map(({ productId, quantity }) => [productId, quantity]).sort());
