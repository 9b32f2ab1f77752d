import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { InjectDatabase } from '#service-kit';
import type { OrderItem } from '#shop-contracts';
import type { StoredOrder } from '../model/stored-order.js';
import type { OrdersSchema } from './orders.schema.js';

type Copy = Pick<OrdersSchema['product_copies'], 'id' | 'name' | 'version'>;
type Copies = ReadonlyMap<string, Copy>;

/**
 * Adds names from the copies of products to items that are stored without one: those of pending orders, and of orders
 * that an earlier version confirmed. It needs no query while every item has a name.
 */
@Injectable()
export class ItemNames {
  constructor(@InjectDatabase() private readonly database: Kysely<OrdersSchema>) {}

  async addTo(order: StoredOrder): Promise<StoredOrder> {
    const [named = order] = await this.addToAll([order]);
    return named;
  }

  async addToAll(orders: readonly StoredOrder[]): Promise<readonly StoredOrder[]> {
    const ids = new Set<string>();
    for (const { items } of orders)
      for (const { productId, name } of items) if (name === null) ids.add(productId);
    if (ids.size === 0) return orders;
    const copies = await this.read([...ids]);
    return orders.map((order) => withNames(order, copies));
  }

  private async read(ids: readonly string[]): Promise<Copies> {
    const copies = this.database.selectFrom('product_copies').select(['id', 'name', 'version']);
    const rows = await copies.where('id', 'in', ids).execute();
    return new Map(rows.map((row) => [row.id, row]));
  }
}

function withNames(order: StoredOrder, copies: Copies): StoredOrder {
  if (order.items.every(({ name }) => name !== null)) return order;
  let namesVersion = 0;
  const items = order.items.map((item): OrderItem => {
    const copy = item.name === null ? copies.get(item.productId) : undefined;
    if (!copy) return item;
    // 1 for a copy that was added with version 0. Versions only grow, so that no two states have the same sum.
    namesVersion += copy.version + 1;
    return { productId: item.productId, quantity: item.quantity, unitPrice: item.unitPrice, name: copy.name };
  });
  return namesVersion === 0 ? order : { ...order, items, namesVersion };
}
