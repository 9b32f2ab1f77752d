import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import type { ItemDto } from '#contracts';
import { InjectDatabase } from '#service-kit';
import type { ProductRow, ProductSchema, ReservationRow, ReservedItemRow } from '../store/product.schema.js';

/** Reservations and the stock behind them; made of a transaction, everything it does is part of that. */
@Injectable()
export class ReservationsRepository {
  constructor(@InjectDatabase() private readonly database: Kysely<ProductSchema>) {}

  /** Runs `steps` in one transaction: all of it happens, or nothing. */
  atomically<T>(steps: (repository: ReservationsRepository) => Promise<T>): Promise<T> {
    return this.database.transaction().execute((trx) => steps(new ReservationsRepository(trx)));
  }

  find(orderId: string): Promise<ReservationRow | undefined> {
    const reservations = this.database.selectFrom('stock_reservations').selectAll();
    return reservations.where('order_id', '=', orderId).executeTakeFirst();
  }

  items(orderId: string): Promise<ReservedItemRow[]> {
    const items = this.database.selectFrom('stock_reservation_items').selectAll();
    return items.where('order_id', '=', orderId).orderBy('position').execute();
  }

  /** `false`: the order has one already. Waits for a transaction that is about to make it. */
  async add(row: ReservationRow): Promise<boolean> {
    const added = await this.database
      .insertInto('stock_reservations')
      .values(row)
      .onConflict((conflict) => conflict.column('order_id').doNothing())
      .returning('order_id')
      .executeTakeFirst();
    return added !== undefined;
  }

  async addItems(rows: readonly ReservedItemRow[]): Promise<void> {
    await this.database.insertInto('stock_reservation_items').values(rows).execute();
  }

  /** `false`: it was not held. */
  async markReleased(orderId: string, now: number): Promise<boolean> {
    const released = await this.database
      .updateTable('stock_reservations')
      .set({ status: 'released', updated_at: now })
      .where('order_id', '=', orderId)
      .where('status', '=', 'held')
      .returning('order_id')
      .executeTakeFirst();
    return released !== undefined;
  }

  /** Pieces of each of these products that exists. */
  async stockOf(items: readonly ItemDto[]): Promise<ReadonlyMap<string, number>> {
    const ids = items.map(({ productId }) => productId);
    const products = this.database.selectFrom('products').select(['id', 'stock']).where('id', 'in', ids);
    return new Map((await products.execute()).map(({ id, stock }) => [id, stock]));
  }

  /** Takes pieces from stock if there are as many. `undefined`: there are not, or there is no such product. */
  take({ productId, quantity }: ItemDto): Promise<ProductRow | undefined> {
    return this.database
      .updateTable('products')
      .set((product) => ({ stock: product('stock', '-', quantity) }))
      .where('id', '=', productId)
      .where('stock', '>=', quantity)
      .returningAll()
      .executeTakeFirst();
  }

  /** A product that was deleted meanwhile gets nothing back. */
  async giveBack(item: ReservedItemRow): Promise<void> {
    await this.database
      .updateTable('products')
      .set((product) => ({ stock: product('stock', '+', item.quantity) }))
      .where('id', '=', item.product_id)
      .execute();
  }
}
