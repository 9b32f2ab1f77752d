import { Injectable } from '@nestjs/common';
import type { Kysely, Transaction } from 'kysely';
import { InjectDatabase } from '#service-kit';
import { Clock } from '../orders/clock.js';
import type { PricedItems } from '../orders/order-total.js';
import { toStoredOrder, type OrdersSchema } from '../orders/orders.schema.js';
import type { StockRelease, StoredOrder } from '../orders/stored-order.js';

/**
 * How long one process has an order to itself. Longer than all calls to neighbours that one piece of work makes; short,
 * as it is also how long an order waits after a crash.
 */
export const CLAIM_MS = 6000;

const WORKED_OFF = { attempts: 0, attempt_at: null, claimed_until: 0 } as const;

/**
 * The unfinished work of orders: a `pending` one waits to be confirmed or rejected, a `due` release waits to be told to
 * the product service. Whoever works on an order claims it first, so neighbours get one command about it at a time.
 */
@Injectable()
export class OrderWorkRepository {
  constructor(
    @InjectDatabase() private readonly database: Kysely<OrdersSchema>,
    private readonly clock: Clock,
  ) {}

  /** Stores a new order, claimed by its caller. */
  async insert(order: StoredOrder, db: Kysely<OrdersSchema> = this.database): Promise<void> {
    const now = this.clock.now();
    await db
      .insertInto('orders')
      .values({
        id: order.id,
        user_id: order.userId,
        status: order.status,
        status_reason: order.statusReason,
        items: JSON.stringify(order.items),
        total: order.total,
        currency: order.currency,
        version: order.version,
        created_at: order.createdAt,
        updated_at: order.updatedAt,
        stock_release: order.stockRelease,
        withdrawn: 0,
        attempts: order.attempts,
        attempt_at: now,
        claimed_until: now + CLAIM_MS,
        request_id: order.requestId,
      })
      .execute();
  }

  /** Ids of orders whose work is to be tried now, the longest waiting first. */
  async due(limit: number): Promise<string[]> {
    const now = this.clock.now();
    const rows = await this.database
      .selectFrom('orders')
      .select('id')
      .where('attempt_at', '<=', now)
      .where('claimed_until', '<=', now)
      .orderBy('attempt_at')
      .limit(limit)
      .execute();
    return rows.map(({ id }) => id);
  }

  /** The order, for this caller alone; `undefined` when another has it, or nothing is left to do. */
  async claim(id: string): Promise<StoredOrder | undefined> {
    const now = this.clock.now();
    const row = await this.database
      .updateTable('orders')
      .set({ claimed_until: now + CLAIM_MS })
      .where('id', '=', id)
      .where('attempt_at', 'is not', null)
      .where('claimed_until', '<=', now)
      .returningAll()
      .executeTakeFirst();
    return row && toStoredOrder(row);
  }

  /** The order as it stands, refused ones included. */
  async current(id: string): Promise<StoredOrder | undefined> {
    const row = await this.database.selectFrom('orders').selectAll().where('id', '=', id).executeTakeFirst();
    return row && toStoredOrder(row);
  }

  /** `undefined` when the order is no longer `pending`: somebody cancelled or rejected it meanwhile. */
  async confirm(id: string, { items, total, currency }: PricedItems): Promise<StoredOrder | undefined> {
    return this.changePending(id, {
      status: 'confirmed',
      status_reason: null,
      items: JSON.stringify(items),
      total,
      currency,
      ...WORKED_OFF,
    });
  }

  /** With `release` `due` the claim goes on: the caller gives the stock back next. */
  async reject(id: string, reason: string, release: StockRelease): Promise<StoredOrder | undefined> {
    return this.changePending(id, {
      status: 'rejected',
      status_reason: reason,
      stock_release: release,
      ...(release === 'none' && WORKED_OFF),
    });
  }

  /** Takes an order back that was never told to anybody; the row waits unseen while its stock is `due`. */
  async withdraw(id: string, release: StockRelease, db: Transaction<OrdersSchema>): Promise<void> {
    if (release === 'due')
      await db
        .updateTable('orders')
        .set({ withdrawn: 1, status: 'rejected', stock_release: 'due' })
        .where('id', '=', id)
        .where('status', '=', 'pending')
        .execute();
    else await db.deleteFrom('orders').where('id', '=', id).where('status', '=', 'pending').execute();
  }

  /** Notes that stock has to go back (again): it was held after all. Nothing to do for an order that keeps it. */
  async reopenRelease(id: string): Promise<void> {
    await this.database
      .updateTable('orders')
      .set({ stock_release: 'due', attempt_at: this.clock.now() })
      .where('id', '=', id)
      .where('status', 'in', ['cancelled', 'rejected'])
      .execute();
  }

  /** The stock is back; a withdrawn order is gone with that. */
  async released(id: string): Promise<void> {
    await this.database.transaction().execute(async (trx) => {
      await trx.deleteFrom('orders').where('id', '=', id).where('withdrawn', '=', 1).execute();
      await trx
        .updateTable('orders')
        .set({ stock_release: 'done', ...WORKED_OFF })
        .where('id', '=', id)
        .execute();
    });
  }

  /** Gives the claim back and tries again at `attemptAt`. Clients see only a reason that is new. */
  async postpone(order: StoredOrder, attemptAt: number, reason: string): Promise<void> {
    await this.database
      .updateTable('orders')
      .set({ attempts: order.attempts + 1, attempt_at: attemptAt, claimed_until: 0 })
      .where('id', '=', order.id)
      .where('attempt_at', 'is not', null)
      .execute();
    if (order.status === 'pending' && order.statusReason !== reason)
      await this.changePending(order.id, { status_reason: reason });
  }

  private async changePending(
    id: string,
    changes: Partial<Omit<OrdersSchema['orders'], 'id' | 'version' | 'updated_at'>>,
  ): Promise<StoredOrder | undefined> {
    const row = await this.database
      .updateTable('orders')
      .set((eb) => ({ ...changes, version: eb('version', '+', 1), updated_at: this.clock.now() }))
      .where('id', '=', id)
      .where('status', '=', 'pending')
      .returningAll()
      .executeTakeFirst();
    return row && toStoredOrder(row);
  }
}
