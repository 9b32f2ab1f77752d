import {
  boot,
  type AppDefinition,
  type RunningApp,
  type ServiceConfig,
  type StorageConfig,
} from '#service-kit';
import { waitFor, type TestStore } from '#testing';
import { orderService } from '#apps/order-service';
import { productService } from '#apps/product-service';
import { userService } from '#apps/user-service';
import type { Order, Product, User } from '#shop-contracts';
import { MapRegistry } from './map-registry.js';

const SERVICES = { users: userService, products: productService, orders: orderService };
const PORT_VARIABLES = {
  users: 'USER_SERVICE_PORT',
  products: 'PRODUCT_SERVICE_PORT',
  orders: 'ORDER_SERVICE_PORT',
};
type Name = keyof typeof SERVICES;

/** The user, product and order service in one process, each on its own store, with one registry. */
export class Shop {
  private readonly registry = new MapRegistry();
  private readonly apps = new Map<Name, RunningApp>();
  private readonly ports = new Map<Name, string>();

  private constructor(private readonly storages: Readonly<Record<Name, StorageConfig>>) {}

  static async open(store: TestStore): Promise<Shop> {
    const [users, products, orders] = await Promise.all([1, 2, 3].map(() => store.createStorage()));
    const shop = new Shop({ users: users!, products: products!, orders: orders! });
    for (const name of ['users', 'products', 'orders'] as const) await shop.start(name);
    return shop;
  }

  /** Starts a service; a restart reuses its port. */
  async start(name: Name): Promise<void> {
    const { databaseUrl, dataDir } = this.storages[name];
    const env = {
      LOG_LEVEL: 'ERROR',
      DATABASE_URL: databaseUrl,
      DATA_DIR: dataDir,
      [PORT_VARIABLES[name]]: this.ports.get(name) ?? '0',
    };
    const definition: AppDefinition<ServiceConfig> = SERVICES[name];
    const app = await boot(definition, { env, registry: this.registry });
    this.apps.set(name, app);
    this.ports.set(name, new URL(app.url).port);
    const service = definition.name;
    await waitFor(`${service} to register`, async () => (await this.registry.instances(service)).length > 0);
  }

  /** Stops a service; with `silently` it stays registered, as after a crash. */
  async stop(name: Name, { silently = false } = {}): Promise<void> {
    const app = this.apps.get(name);
    this.apps.delete(name);
    if (!silently) await app?.leave();
    await app?.close();
  }

  async close(): Promise<void> {
    for (const name of [...this.apps.keys()].reverse()) await this.stop(name);
  }

  /** Stays the same while the service is stopped. */
  urlOf(name: Name): string {
    return `http://127.0.0.1:${this.ports.get(name)}`;
  }

  send(name: Name, method: string, path: string, body?: object, headers: Record<string, string> = {}) {
    return fetch(this.urlOf(name) + path, {
      method,
      headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  async newUser(): Promise<User> {
    const email = `ann-${Math.random()}@example.com`;
    return (await (await this.send('users', 'POST', '/users', { email, name: 'Ann' })).json()) as User;
  }

  async newProduct(stock: number, price = 250, currency = 'EUR'): Promise<Product> {
    const product = { name: 'Tea', category: 'drinks', price, currency, stock };
    return (await (await this.send('products', 'POST', '/products', product)).json()) as Product;
  }

  async stockOf({ id }: Product): Promise<number> {
    return ((await (await this.send('products', 'GET', `/products/${id}`)).json()) as Product).stock;
  }

  order(user: { id: string }, items: object[], headers: Record<string, string> = {}): Promise<Response> {
    return this.send('orders', 'POST', '/orders', { userId: user.id, items }, headers);
  }

  async orderAt(path: string): Promise<Order> {
    return (await (await this.send('orders', 'GET', path)).json()) as Order;
  }
}
