import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { InjectDatabase, Outbox, type Publish } from '#service-kit';
import type { ItemDto } from '#shop-contracts';
import { stockEvent } from '../store/product-event.js';
import type { ProductRow, ProductSchema, ReservationRow, ReservedItemRow } from '../store/product.schema.js';

/** Reservations and their stock. An instance created with a transaction does all its work in that transaction. */
@Injectable()
export class ReservationsRepository {
  private readonly changed: Pick<ProductRow, 'id' | 'stock'>[] = [];

  constructor(
    @InjectDatabase() private readonly database: Kysely<ProductSchema>,
    private readonly outbox: Outbox,
  ) {}

  /** Runs `steps` in one transaction. It publishes the products whose stock they change. */
  atomically<T>(steps: (repository: ReservationsRepository) => Promise<T>): Promise<T> {
    return this.outbox.transaction<ProductSchema, T>(async (trx, publish) => {
      const repository = new ReservationsRepository(trx, this.outbox);
      const result = await steps(repository);
      await repository.publishStock(publish);
      return result;
    });
  }

  find(orderId: string): Promise<ReservationRow | undefined> {
    const reservations = this.database.selectFrom('stock_reservations').selectAll();
    return reservations.where('order_id', '=', orderId).executeTakeFirst();
  }

  items(orderId: string): Promise<ReservedItemRow[]> {
    const items = this.database.selectFrom('stock_reservation_items').selectAll();
    return items.where('order_id', '=', orderId).orderBy('position').execute();
  }

  /** `false`: the order already has a reservation. Waits for a concurrent transaction that is creating it. */
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

  /** `false`: the reservation was not held. */
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

  /** Stock by product id; products that do not exist are missing. */
  async stockOf(items: readonly ItemDto[]): Promise<ReadonlyMap<string, number>> {
    const ids = items.map(({ productId }) => productId);
    const products = this.database.selectFrom('products').select(['id', 'stock']).where('id', 'in', ids);
    return new Map((await products.execute()).map(({ id, stock }) => [id, stock]));
  }

  /** Removes pieces from stock. `undefined`: the stock is too small, or the product does not exist. */
  async removeStock({ productId, quantity }: ItemDto): Promise<ProductRow | undefined> {
    const product = await this.database
      .updateTable('products')
      .set((product) => ({ stock: product('stock', '-', quantity) }))
      .where('id', '=', productId)
      .where('stock', '>=', quantity)
      .returningAll()
      .executeTakeFirst();
    if (product) this.changed.push(product);
    return product;
  }

  /** Does nothing for a product that was deleted meanwhile. */
  async returnStock(item: ReservedItemRow): Promise<void> {
    const products = await this.database
      .updateTable('products')
      .set((product) => ({ stock: product('stock', '+', item.quantity) }))
      .where('id', '=', item.product_id)
      .returning(['id', 'stock'])
      .execute();
    this.changed.push(...products);
  }

  private publishStock(publish: Publish): Promise<void> {
    return publish(...this.changed.map(stockEvent));
  }
}
