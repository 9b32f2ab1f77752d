import { Injectable } from '@nestjs/common';
import type { Kysely, Transaction } from 'kysely';
import { InjectDatabase, isPostgres } from '#service-kit';
import { Clock } from '../orders/clock.js';
import type { PricedItems } from '../orders/order-total.js';
import { toStoredOrder, type OrdersSchema } from '../orders/orders.schema.js';
import type { StockRelease, StoredOrder } from '../orders/stored-order.js';
import { backoffMs } from './backoff.js';

/**
 * How long one process has an order to itself. Longer than all calls to neighbours that one attempt makes; short, as it is
 * also how long an order waits after a crash.
 */
export const CLAIM_MS = 6000;

const WORKED_OFF = { attempts: 0, attempt_at: null, claimed_until: 0 } as const;

/** What a request for an order says. */
export type NewOrder = Pick<StoredOrder, 'id' | 'userId' | 'items' | 'requestId'>;

/**
 * The unfinished work of orders: a `pending` one waits to be confirmed or rejected, a `due` release waits to be sent to the
 * product service. A process claims an order before it works on it. Every claim has a number of its own (a fencing token),
 * and every change names it: a process whose claim has been taken over changes nothing and gets `undefined`.
 */
@Injectable()
export class OrderWorkRepository {
  constructor(
    @InjectDatabase() private readonly database: Kysely<OrdersSchema>,
    private readonly clock: Clock,
  ) {}

  /** Stores a new order, claimed by its caller. */
  async insert(order: NewOrder, trx: Transaction<OrdersSchema>): Promise<StoredOrder> {
    const now = this.clock.now();
    const row = await trx
      .insertInto('orders')
      .values((eb) => ({
        id: order.id,
        user_id: order.userId,
        status: 'pending',
        status_reason: null,
        items: JSON.stringify(order.items),
        total: null,
        currency: null,
        version: 1,
        created_at: now,
        updated_at: now,
        stock_release: 'none',
        withdrawn: 0,
        attempts: 0,
        attempt_at: now,
        claim: 1,
        claimed_until: eb(now, '+', CLAIM_MS),
        request_id: order.requestId,
      }))
      .returningAll()
      .executeTakeFirstOrThrow();
    return toStoredOrder(row);
  }

  /** The order, for this caller alone; `undefined` when another process has it, or nothing is left to do. */
  async claim(id: string): Promise<StoredOrder | undefined> {
    const row = await this.claiming().where('id', '=', id).executeTakeFirst();
    return row && toStoredOrder(row);
  }

  /** At most `limit` orders whose work is due, for this caller alone: those that have waited longest. */
  async claimDue(limit: number): Promise<StoredOrder[]> {
    const now = this.clock.now();
    const longestDue = this.database
      .selectFrom('orders')
      .select('id')
      .where('attempt_at', '<=', now)
      .where('claimed_until', '<=', now)
      .orderBy('attempt_at')
      .limit(limit)
      // Instances that look at the same moment take different orders. The embedded store has one writer at a time.
      .$if(isPostgres(this.database), (query) => query.forUpdate().skipLocked());
    const rows = await this.claiming().where('id', 'in', longestDue).execute();
    return rows.map(toStoredOrder);
  }

  /** The order as it stands, refused ones included. */
  async current(id: string): Promise<StoredOrder | undefined> {
    const row = await this.database.selectFrom('orders').selectAll().where('id', '=', id).executeTakeFirst();
    return row && toStoredOrder(row);
  }

  /** `undefined` also when a client has cancelled or rejected the order meanwhile. */
  confirm(order: StoredOrder, { items, total, currency }: PricedItems): Promise<StoredOrder | undefined> {
    return this.changePending(order, {
      status: 'confirmed',
      status_reason: null,
      items: JSON.stringify(items),
      total,
      currency,
      ...WORKED_OFF,
    });
  }

  /** The claim goes on: the caller releases the stock next, which any earlier attempt may have reserved. */
  reject(order: StoredOrder, reason: string): Promise<StoredOrder | undefined> {
    return this.changePending(order, { status: 'rejected', status_reason: reason, stock_release: 'due' });
  }

  /**
   * Takes back an order that no response has named yet. With `release` `due` the row waits unseen until its stock is
   * released.
   */
  async withdraw(
    order: StoredOrder,
    release: StockRelease,
    trx: Transaction<OrdersSchema>,
  ): Promise<StoredOrder | undefined> {
    const row = await this.claimedBy(order, trx)
      .set({ withdrawn: 1, status: 'rejected', stock_release: release })
      .where('status', '=', 'pending')
      .returningAll()
      .executeTakeFirst();
    if (row && release === 'none') await trx.deleteFrom('orders').where('id', '=', order.id).execute();
    return row && toStoredOrder(row);
  }

  /** The stock is released; a withdrawn order is gone with that. */
  async released(order: StoredOrder): Promise<void> {
    await this.database.transaction().execute(async (trx) => {
      await trx
        .deleteFrom('orders')
        .where('id', '=', order.id)
        .where('claim', '=', order.claim)
        .where('withdrawn', '=', 1)
        .execute();
      await this.claimedBy(order, trx)
        .set({ stock_release: 'done', ...WORKED_OFF })
        .execute();
    });
  }

  /** Ends the claim; the next attempt is due after a pause. Clients see only a reason that is new. */
  async postpone(order: StoredOrder, reason: string): Promise<StoredOrder | undefined> {
    const now = this.clock.now();
    const attempts = order.attempts + 1;
    const isNews = order.status === 'pending' && order.statusReason !== reason;
    const row = await this.claimedBy(order)
      .set((eb) => ({ attempts, attempt_at: eb(now, '+', backoffMs(attempts)), claimed_until: 0 }))
      .$if(isNews, (update) =>
        update.set((eb) => ({ status_reason: reason, version: eb('version', '+', 1), updated_at: now })),
      )
      .where('status', '=', order.status)
      .returningAll()
      .executeTakeFirst();
    return row && toStoredOrder(row);
  }

  private async changePending(
    order: StoredOrder,
    changes: Partial<Omit<OrdersSchema['orders'], 'id' | 'version' | 'updated_at'>>,
  ): Promise<StoredOrder | undefined> {
    const row = await this.claimedBy(order)
      .set((eb) => ({ ...changes, version: eb('version', '+', 1), updated_at: this.clock.now() }))
      .where('status', '=', 'pending')
      .returningAll()
      .executeTakeFirst();
    return row && toStoredOrder(row);
  }

  private claiming() {
    const now = this.clock.now();
    return this.database
      .updateTable('orders')
      .set((eb) => ({ claim: eb('claim', '+', 1), claimed_until: eb(now, '+', CLAIM_MS) }))
      .where('attempt_at', 'is not', null)
      .where('claimed_until', '<=', now)
      .returningAll();
  }

  private claimedBy({ id, claim }: StoredOrder, db: Kysely<OrdersSchema> = this.database) {
    return db.updateTable('orders').where('id', '=', id).where('claim', '=', claim);
  }
}
