import type { PipeTransform } from '@nestjs/common';
import { RequestCaller, type Caller, type Versioned } from '#service-kit';
import type { Order, OrderStatus } from '#shop-contracts';
import { DELETED_USER } from '../store/anonymise-orders.js';
import { orderAccessDenied, orderNotFound, userNotFound } from '../model/orders.problems.js';

/** The scope of callers that see and change the orders of all users. */
const ADMIN_SCOPE = 'orders:admin';

/** Whose orders a caller sees and changes. To a user, the orders of others do not exist. */
export class OrderAccess {
  private constructor(
    /** The only user whose orders exist for the caller; `undefined`: all users. */
    readonly owner: string | undefined,
  ) {}

  /**
   * @param caller `undefined`: a request without identity, which the policy file of the gateway let pass, or which a service
   * sent; all orders
   * @throws Problem `order-access-denied` for a caller without a user, such as a program, that is no administrator, and for
   * {@link DELETED_USER}
   */
  static of(caller: Caller | undefined): OrderAccess {
    if (!caller || caller.scopes.has(ADMIN_SCOPE)) return new OrderAccess(undefined);
    if (caller.userId === undefined)
      throw orderAccessDenied(`the caller is not a user and does not have the scope ${ADMIN_SCOPE}`);
    // The orders of all deleted users have this id.
    if (caller.userId === DELETED_USER) throw orderAccessDenied(`${DELETED_USER} is no user`);
    return new OrderAccess(caller.userId);
  }

  /** @throws Problem `order-access-denied` unless the caller may place orders for this user */
  requireOwner(userId: string): void {
    if (!this.includes(userId)) throw orderAccessDenied('a user may place orders only for itself');
  }

  /** @throws Problem `not-found` unless the caller may see the orders of this user */
  requireKnown(userId: string): void {
    if (!this.includes(userId)) throw userNotFound(userId);
  }

  /** @returns the order @throws Problem `not-found`, as for an order that does not exist */
  admit(order: Versioned<Order>): Versioned<Order> {
    if (!this.includes(order.body.userId)) throw orderNotFound(order.body.id);
    return order;
  }

  /**
   * @param to the requested status; `undefined` or the present one: no change
   * @throws Problem `not-found` as {@link admit}, `order-access-denied` unless the caller may make the change
   */
  requireChange(order: Versioned<Order>, to: OrderStatus | undefined): void {
    const { status } = this.admit(order).body;
    if (this.owner === undefined || to === undefined || to === status || to === 'cancelled') return;
    throw orderAccessDenied(`a user may only cancel its orders; other changes need the scope ${ADMIN_SCOPE}`);
  }

  private includes(userId: string): boolean {
    return this.owner === undefined || this.owner === userId;
  }
}

const toAccess: PipeTransform<Caller | undefined, OrderAccess> = {
  transform: (caller) => OrderAccess.of(caller),
};

/** Injects the {@link OrderAccess} of the caller. @throws Problem as {@link OrderAccess.of} */
export const CallerAccess = (): ParameterDecorator => RequestCaller(toAccess);
