import type { Page } from '#service-kit';
import type { Order, Product, User } from '#shop-contracts';
import { call, freePort, waitFor, type CallResponse, type Environment } from '#testing';
import { Member } from './fleet/member.js';

const STATUSES_WITH_STOCK = ['confirmed', 'paid', 'shipped', 'delivered'];

/**
 * A gateway as the registry, one user service, one product service and several order services on one store, each in
 * its own process.
 */
export class ShopFleet {
  private constructor(
    readonly gateway: Member,
    readonly users: Member,
    readonly products: Member,
    readonly orders: readonly Member[],
  ) {}

  /** `orderEnvs` is the environment of each order service; `env` selects the store. */
  static async start(env: Environment, orderEnvs: readonly Environment[]): Promise<ShopFleet> {
    const start = async (name: string, variable: string, own: Environment = {}) =>
      Member.start(name, { [variable]: String(await freePort()), ...own });
    const gateway = await start('gateway', 'GATEWAY_PORT', { GATEWAY_HOST: '127.0.0.1' });
    const common = { REGISTRY_URL: gateway.url, ...env };
    const [users, products, ...orders] = await Promise.all([
      start('user-service', 'USER_SERVICE_PORT', common),
      start('product-service', 'PRODUCT_SERVICE_PORT', common),
      ...orderEnvs.map((own) => start('order-service', 'ORDER_SERVICE_PORT', { ...common, ...own })),
    ]);
    const fleet = new ShopFleet(gateway, users, products, orders);
    await fleet.untilComplete();
    return fleet;
  }

  /** Waits until every service is up in the registry. */
  async untilComplete(): Promise<void> {
    await waitFor('all services to be up', async () => {
      const { body } = await call(this.gateway.url, 'GET /discovery/services?status=up');
      return (body as unknown[]).length === 2 + this.orders.length;
    });
  }

  async stop(): Promise<void> {
    const members = [...this.orders, this.products, this.users, this.gateway];
    for (const member of members) member.resume();
    await Promise.all(members.map((member) => member.stop()));
  }

  async newUser(): Promise<User> {
    const body = { email: `ann-${Math.random()}@example.com`, name: 'Ann' };
    return (await call(this.users.url, 'POST /users', { body })).body as User;
  }

  async newProduct(stock: number): Promise<Product> {
    const body = { name: 'Tea', category: 'drinks', price: 250, currency: 'EUR', stock };
    return (await call(this.products.url, 'POST /products', { body })).body as Product;
  }

  order(user: User, product: Product, quantity: number, at = this.orders[0]!): Promise<CallResponse> {
    const body = { userId: user.id, items: [{ productId: product.id, quantity }] };
    return call(at.url, 'POST /orders', { body });
  }

  /** Orders of a user, including a deleted one. */
  async ordersOf({ id }: User): Promise<Order[]> {
    const orders: Order[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = `limit=200${cursor && `&cursor=${cursor}`}`;
      const page = (await call(this.orders[0]!.url, `GET /orders?${query}`)).body as Page<Order>;
      orders.push(...page.items.filter(({ userId }) => userId === id));
      cursor = page.nextCursor;
    }
    return orders;
  }

  /** Units in stock plus units of orders that keep their stock. */
  async unitsOf({ id }: Product, buyer: User): Promise<number> {
    const { stock } = (await call(this.products.url, `GET /products/${id}`)).body as Product;
    const withStock = (await this.ordersOf(buyer)).filter(({ status }) =>
      STATUSES_WITH_STOCK.includes(status),
    );
    const items = withStock.flatMap((order) => order.items).filter(({ productId }) => productId === id);
    return items.reduce((sum, { quantity }) => sum + quantity, stock);
  }
}
