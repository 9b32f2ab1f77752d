import { Injectable } from '@nestjs/common';
import { ServiceUnreachable } from '#registry-client';
import { changeVersioned, Versioned, type Page, type Preconditions } from '#service-kit';
import type { Order, OrderPatchDto, OrderStatus } from '#shop-contracts';
import { UserDirectory } from '../neighbours/user-directory.js';
import { StockReleaser } from '../placement/stock-releaser.js';
import { requireSameHistory } from './order-history.js';
import { clientMoves } from '../model/order-status.js';
import { illegalTransition, orderNotFound, userNotFound } from '../model/orders.problems.js';
import type { OrderListQueryDto } from '../store/order-list.query.js';
import { OrdersRepository } from '../store/orders.repository.js';
import { viewOf, type StoredOrder } from '../model/stored-order.js';

/** Reads orders, and applies status changes requested by clients. */
@Injectable()
export class OrdersService {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly releaser: StockReleaser,
    private readonly users: UserDirectory,
  ) {}

  /** @param owner the orders of this user alone */
  list(query: OrderListQueryDto, owner?: string): Promise<Page<Order>> {
    return this.orders.page(query, owner);
  }

  /**
   * The orders of a user, including a user deleted since.
   * @throws Problem `not-found` when there are no orders and the user service reports no such user
   */
  async listOfUser(userId: string, query: OrderListQueryDto, requestId: string): Promise<Page<Order>> {
    const page = await this.orders.page(query, userId);
    const isEmpty = page.items.length === 0 && page.nextCursor === null && query.cursor === undefined;
    if (isEmpty && !(await this.orders.hasAny(userId)) && !(await this.mayExist(userId, requestId)))
      throw userNotFound(userId);
    return page;
  }

  /** @throws Problem `not-found` */
  async get(id: string): Promise<Versioned<Order>> {
    return versioned(await this.find(id));
  }

  /**
   * Moves the order to the status in `sent`. Changes nothing without a status or with the current one.
   * @throws Problem `not-found`, `precondition-failed`, `illegal-transition`, or as {@link requireSameHistory}
   */
  async change(id: string, sent: OrderPatchDto, preconditions: Preconditions): Promise<Versioned<Order>> {
    // After a lost race the change is validated again against the new state: it may no longer be legal.
    const order = await changeVersioned({
      preconditions,
      find: () => this.find(id),
      write: (current) => {
        requireSameHistory(current, sent);
        return this.write(current, sent.status);
      },
    });
    if (order.stockRelease === 'due') await this.releaser.releaseSoon(order.id);
    return versioned(order);
  }

  /** Like {@link change}, to the status `to`. */
  move(id: string, to: OrderStatus, preconditions: Preconditions): Promise<Versioned<Order>> {
    return this.change(id, { status: to }, preconditions);
  }

  private write(current: StoredOrder, to: OrderStatus = current.status): Promise<StoredOrder | undefined> {
    if (to === current.status) return Promise.resolve(current);
    if (!clientMoves(current.status).includes(to)) throw illegalTransition(current.status, to);
    return this.orders.move(current, to);
  }

  // While the user service is unreachable the list is returned as it is: empty.
  private async mayExist(userId: string, requestId: string): Promise<boolean> {
    try {
      return await this.users.exists(userId, requestId);
    } catch (error) {
      if (error instanceof ServiceUnreachable) return true;
      throw error;
    }
  }

  private async find(id: string): Promise<StoredOrder> {
    const order = await this.orders.find(id);
    if (!order) throw orderNotFound(id);
    return order;
  }
}

const versioned = (order: StoredOrder): Versioned<Order> =>
  new Versioned(order.version, viewOf(order), order.namesVersion);
