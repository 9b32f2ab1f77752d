import { TypedClient, type Neighbours } from '#registry-client';
import type { paths as Orders } from './order-service.js';
import type { paths as Products } from './product-service.js';
import type { paths as Users } from './user-service.js';

/** A program that was written for version 1 of the services. Not changed any more. */
export class ShopClient {
  private readonly users: TypedClient<Users>;
  private readonly products: TypedClient<Products>;
  private readonly orders: TypedClient<Orders>;

  constructor(neighbours: Pick<Neighbours, 'call'>) {
    this.users = new TypedClient('user-service', neighbours);
    this.products = new TypedClient('product-service', neighbours);
    this.orders = new TypedClient('order-service', neighbours);
  }

  async addUser(email: string): Promise<string> {
    const response = await this.users.call('POST', '/users', { body: { email, name: 'Ann' } });
    if (response.status !== 201) throw new Error(response.body.detail);
    return response.body.id;
  }

  async rename(id: string, name: string): Promise<string> {
    const response = await this.users.call('PATCH', '/users/{id}', { path: { id }, body: { name } });
    if (response.status !== 200) throw new Error(response.body.detail);
    return response.body.name;
  }

  async addProduct(price: number, stock: number): Promise<string> {
    const body = { name: 'Lamp', category: 'lighting', price, currency: 'EUR', stock };
    const response = await this.products.call('POST', '/products', { body });
    if (response.status !== 201) throw new Error(response.body.detail);
    return response.body.id;
  }

  async cheapest(): Promise<number | undefined> {
    const query = { sort: 'price', limit: 1 } as const;
    const response = await this.products.call('GET', '/products', { query });
    if (response.status !== 200) throw new Error(String(response.status));
    return response.body.items[0]?.price;
  }

  async order(userId: string, productId: string): Promise<string> {
    const items = [{ productId, quantity: 2 }];
    const response = await this.orders.call('POST', '/orders', { body: { userId, items } });
    if (response.status !== 201 && response.status !== 202) throw new Error(response.body.detail);
    return response.body.id;
  }

  /** @returns the total of the paid order */
  async pay(id: string): Promise<number | null> {
    const body = { status: 'paid' } as const;
    const response = await this.orders.call('PATCH', '/orders/{id}', { path: { id }, body });
    if (response.status !== 200) throw new Error(response.body.detail);
    return response.body.total;
  }

  async ordersOf(userId: string): Promise<readonly string[]> {
    const path = { userId };
    const response = await this.orders.call('GET', '/orders/user/{userId}', { path });
    if (response.status !== 200) throw new Error(response.body.detail);
    return response.body.items.map(({ id }) => id);
  }

  async cancel(id: string): Promise<boolean> {
    const { status } = await this.orders.call('DELETE', '/orders/{id}', { path: { id } });
    return status === 204;
  }
}
