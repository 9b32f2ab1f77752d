import { Injectable } from '@nestjs/common';
import type { Kysely, QueryCreator, Transaction, UpdateObject } from 'kysely';
import { InjectDatabase, isPostgres, Outbox } from '#service-kit';
import { SqlClock } from './sql-clock.js';
import type { PricedItems } from '../model/order-total.js';
import { reasonFor } from './anonymise-orders.js';
import { eventsOf } from './order-events.js';
import { toStoredOrder, type OrderRow, type OrdersSchema } from './orders.schema.js';
import type { StockRelease, StoredOrder } from '../model/stored-order.js';
import { backoffMs } from './backoff.js';

/**
 * How long a claim gives one process exclusive access to an order. Longer than all calls of one attempt; short,
 * because it also delays an order after a crash.
 */
export const CLAIM_MS = 6000;

const WORK_DONE = { attempts: 0, attempt_at: null, claimed_until: 0 } as const;

/** Orders that a query is about to claim. */
type Due = Record<'due', { id: string }>;

/** The data of a new order. */
export type NewOrder = Pick<StoredOrder, 'id' | 'userId' | 'items' | 'requestId'>;

/**
 * The unfinished work of orders: a `pending` order has to be confirmed or rejected, a `due` release has to be
 * sent to the product service. A process claims an order before it works on it. Every claim has its own
 * number (a fencing token), and every change names it: a process whose claim was taken over changes nothing
 * and gets `undefined`.
 */
@Injectable()
export class OrderWorkRepository {
  constructor(
    @InjectDatabase() private readonly database: Kysely<OrdersSchema>,
    private readonly clock: SqlClock,
    private readonly outbox: Outbox,
  ) {}

  /** Stores a new order, claimed by the caller. */
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

  /** Claims the order; `undefined` when another process has claimed it, or no work is left. */
  async claim(id: string): Promise<StoredOrder | undefined> {
    const row = await this.claiming().where('id', '=', id).executeTakeFirst();
    return row && toStoredOrder(row);
  }

  /** Claims at most `limit` orders whose work is due, longest waiting first. */
  async claimDue(limit: number): Promise<StoredOrder[]> {
    const now = this.clock.now();
    // A common table expression, because PostgreSQL locks its rows once. It may repeat a plain subquery in the
    // condition for every row, and each run skips the rows locked before: far more than `limit` are claimed.
    const rows = await this.claiming(
      this.database.with('due', (db) =>
        db
          .selectFrom('orders')
          .select('id')
          .where('attempt_at', '<=', now)
          .where('claimed_until', '<=', now)
          .orderBy('attempt_at')
          .limit(limit)
          // Instances that query at the same moment claim different orders. The embedded store has one writer at
          // a time.
          .$if(isPostgres(this.database), (query) => query.forUpdate().skipLocked()),
      ),
    )
      .where('id', 'in', (eb) => eb.selectFrom('due').select('due.id'))
      .execute();
    return rows.map(toStoredOrder);
  }

  /** Orders that have to be confirmed or rejected. */
  async countPending(): Promise<number> {
    const { count } = await this.database
      .selectFrom('orders')
      .select((eb) => eb.fn.countAll<number | string>().as('count'))
      .where('attempt_at', 'is not', null)
      .where('status', '=', 'pending')
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  /** The current state of the order, including withdrawn ones. */
  async current(id: string): Promise<StoredOrder | undefined> {
    const row = await this.database.selectFrom('orders').selectAll().where('id', '=', id).executeTakeFirst();
    return row && toStoredOrder(row);
  }

  /** Resolves to `undefined` also when a client has cancelled or rejected the order meanwhile. */
  confirm(order: StoredOrder, { items, total, currency }: PricedItems): Promise<StoredOrder | undefined> {
    return this.changePending(order, {
      status: 'confirmed',
      status_reason: null,
      items: JSON.stringify(items),
      total,
      currency,
      ...WORK_DONE,
    });
  }

  /** Keeps the claim: the caller then releases the stock, which an earlier attempt may have reserved. */
  reject(order: StoredOrder, reason: string): Promise<StoredOrder | undefined> {
    return this.changePending(order, {
      status: 'rejected',
      status_reason: reasonFor(order, reason),
      stock_release: 'due',
    });
  }

  /**
   * Withdraws an order that no response has named yet. With `release` `due` the row stays hidden until its stock
   * is released.
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

  /** Records that the stock is released; deletes the row of a withdrawn order. */
  async released(order: StoredOrder): Promise<void> {
    await this.database.transaction().execute(async (trx) => {
      await trx
        .deleteFrom('orders')
        .where('id', '=', order.id)
        .where('claim', '=', order.claim)
        .where('withdrawn', '=', 1)
        .execute();
      await this.claimedBy(order, trx)
        .set({ stock_release: 'done', ...WORK_DONE })
        .execute();
    });
  }

  /** Ends the claim and schedules the next attempt. The version changes only when the reason changes. */
  postpone(order: StoredOrder, reason: string): Promise<StoredOrder | undefined> {
    const now = this.clock.now();
    const attempts = order.attempts + 1;
    const isNewReason = order.status === 'pending' && order.statusReason !== reason;
    return this.publishing(order, (trx) =>
      this.claimedBy(order, trx)
        .set((eb) => ({ attempts, attempt_at: eb(now, '+', backoffMs(attempts)), claimed_until: 0 }))
        .$if(isNewReason, (update) =>
          update.set((eb) => ({ status_reason: reason, version: eb('version', '+', 1), updated_at: now })),
        )
        .where('status', '=', order.status)
        .returningAll()
        .executeTakeFirst(),
    );
  }

  private changePending(
    order: StoredOrder,
    changes: Omit<UpdateObject<OrdersSchema, 'orders'>, 'id' | 'version' | 'updated_at'>,
  ): Promise<StoredOrder | undefined> {
    return this.publishing(order, (trx) =>
      this.claimedBy(order, trx)
        .set((eb) => ({ ...changes, version: eb('version', '+', 1), updated_at: this.clock.now() }))
        .where('status', '=', 'pending')
        .returningAll()
        .executeTakeFirst(),
    );
  }

  /** Runs `change` of `order` in a transaction and publishes its events. */
  private publishing(
    order: StoredOrder,
    change: (trx: Transaction<OrdersSchema>) => Promise<OrderRow | undefined>,
  ): Promise<StoredOrder | undefined> {
    return this.outbox.transaction<OrdersSchema, StoredOrder | undefined>(async (trx, publish) => {
      const row = await change(trx);
      const changed = row && toStoredOrder(row);
      if (changed) await publish(...eventsOf(order, changed));
      return changed;
    });
  }

  private claiming(db: QueryCreator<OrdersSchema & Due> = this.database.withTables<Due>()) {
    const now = this.clock.now();
    return db
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
