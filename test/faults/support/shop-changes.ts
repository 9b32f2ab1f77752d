import { setTimeout as sleep } from 'node:timers/promises';
import type { Order, Product, User } from '#shop-contracts';
import { call, type CallResponse } from '#testing';

interface Address {
  readonly url: string;
}

/** Where the services of a shop are. */
export interface Shop {
  readonly users: Address;
  readonly products: Address;
  readonly orders: readonly Address[];
}

/** A change that a service has acknowledged, by the event that it publishes. */
export interface AcknowledgedChange {
  readonly type: string;
  readonly subject: string;
}

const CLIENTS = 12;
const LONGEST_PAUSE_MS = 40;
/** Share of the entities that a client deletes instead of changing them again. */
const DELETED = 0.2;

/** Clients that change users, products and orders at random, and record what was acknowledged. */
export class ShopChanges {
  readonly acknowledged: AcknowledgedChange[] = [];
  readonly deletedUsers: string[] = [];

  constructor(private readonly shop: Shop) {}

  /** Resolves after `count` acknowledged changes. */
  async run(count: number): Promise<void> {
    const client = async (): Promise<void> => {
      while (this.acknowledged.length < count) await this.runOnce();
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
  }

  /** A user, a product, and orders, from the first change to the last. */
  private async runOnce(): Promise<void> {
    const { users, products, orders } = this.shop;
    const email = `ann-${Math.random()}@example.com`;
    const user = await this.change<User>('shop.user.created.v1', users.url, 'POST /users', {
      email,
      name: 'Ann',
    });
    const goods = { name: 'Tea', category: 'drinks', price: 250, currency: 'EUR', stock: 100 };
    const product = await this.change<Product>(
      'shop.product.created.v1',
      products.url,
      'POST /products',
      goods,
    );
    if (!user || !product) return;
    for (const { url } of orders) {
      const items = [{ productId: product.id, quantity: 1 }];
      const order = await this.change<Order>('shop.order.placed.v1', url, 'POST /orders', {
        userId: user.id,
        items,
      });
      await this.change('shop.user.changed.v1', users.url, `PATCH /users/${user.id}`, { name: randomName() });
      await this.change('shop.product.changed.v1', products.url, `PATCH /products/${product.id}`, {
        name: randomName(),
      });
      if (order) await this.cancel(url, order);
    }
    if (Math.random() > DELETED) return;
    const deleted = await this.change('shop.user.deleted.v1', users.url, `DELETE /users/${user.id}`);
    if (deleted) this.deletedUsers.push(user.id);
  }

  private async cancel(url: string, { id }: Order): Promise<void> {
    const { status } = await this.send(url, `DELETE /orders/${id}`);
    if (status === 204) this.acknowledged.push({ type: 'shop.order.cancelled.v1', subject: id });
  }

  /** Sends a change; `undefined` if it was not acknowledged. */
  private async change<T>(type: string, url: string, line: string, body?: object): Promise<T | undefined> {
    const response = await this.send(url, line, body);
    if (response.status !== 200 && response.status !== 201 && response.status !== 204) return undefined;
    const subject = (response.body as { id?: string }).id ?? line.split('/').at(-1)!;
    this.acknowledged.push({ type, subject });
    return (response.body === '' ? {} : response.body) as T;
  }

  private async send(
    url: string,
    line: string,
    body?: object,
  ): Promise<Pick<CallResponse, 'status' | 'body'>> {
    await sleep(Math.random() * LONGEST_PAUSE_MS);
    return call(url, line, body && { body }).catch(() => ({ status: 0, body: undefined }));
  }
}

const randomName = (): string => `Name ${Math.floor(Math.random() * 1e9)}`;
