import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { validate as isUuid } from 'uuid';
import { InjectDatabase, Outbox, Page, readList } from '#service-kit';
import type { Order, OrderStatus } from '#shop-contracts';
import { eventsOf } from './order-events.js';
import { ItemNames } from './item-names.js';
import { SqlClock } from './sql-clock.js';
import { releasesStock } from '../model/order-status.js';
import { filtersOf, ORDER_LIST, type OrderListQueryDto } from './order-list.query.js';
import { toStoredOrder, type OrdersSchema } from './orders.schema.js';
import { viewOf, type StoredOrder } from '../model/stored-order.js';

/** Orders as seen by clients: queries, and status changes requested by clients. */
@Injectable()
export class OrdersRepository {
  constructor(
    @InjectDatabase() private readonly database: Kysely<OrdersSchema>,
    private readonly clock: SqlClock,
    private readonly outbox: Outbox,
    private readonly names: ItemNames,
  ) {}

  /** @param userId the list of this user alone */
  async page(query: OrderListQueryDto, userId?: string): Promise<Page<Order>> {
    const scope = userId === undefined ? {} : { scope: { user_id: userId } };
    const request = { query, filters: { ...filtersOf(query), ...scope } };
    const page = await readList(this.database, ORDER_LIST, request, toStoredOrder);
    const orders = await this.names.addToAll(page.items);
    return new Page(orders.map(viewOf), page.nextCursor, page.count);
  }

  /** Whether a user has orders. */
  async hasAny(userId: string): Promise<boolean> {
    return !!(await this.visible().where('user_id', '=', userId).limit(1).executeTakeFirst());
  }

  async find(id: string): Promise<StoredOrder | undefined> {
    // Ids are UUIDs; skips the query for anything else (U+0000 is an error in PostgreSQL).
    if (!isUuid(id)) return undefined;
    const row = await this.visible().where('id', '=', id).executeTakeFirst();
    return row && this.names.addTo(toStoredOrder(row));
  }

  /**
   * Moves the order if its version is unchanged; `undefined` after a concurrent change. A move that returns stock
   * marks the release as `due` in the same update, so that it happens even if this process crashes.
   */
  async move(order: StoredOrder, to: OrderStatus): Promise<StoredOrder | undefined> {
    const now = this.clock.now();
    const moved = await this.outbox.transaction<OrdersSchema, StoredOrder | undefined>(
      async (trx, publish) => {
        const row = await trx
          .updateTable('orders')
          .set({ status: to, status_reason: null, version: order.version + 1, updated_at: now })
          .$if(releasesStock(to), (update) =>
            update.set({ stock_release: 'due', attempts: 0, attempt_at: now }),
          )
          .where('id', '=', order.id)
          .where('version', '=', order.version)
          .where('withdrawn', '=', 0)
          .returningAll()
          .executeTakeFirst();
        const changed = row && toStoredOrder(row);
        if (changed) await publish(...eventsOf(order, changed));
        return changed;
      },
    );
    return moved && this.names.addTo(moved);
  }

  private visible() {
    return this.database.selectFrom('orders').selectAll().where('withdrawn', '=', 0);
  }
}
