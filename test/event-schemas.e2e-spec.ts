import type { CloudEvent } from '#contracts';
import { openDatabase, OutboxRows } from '#service-kit';
import type { Order } from '#shop-contracts';
import { call, onBothStores, SERVICES, waitFor } from '#testing';
import { SHOP_EVENT_TYPES, undeclaredEvents } from './support/event-schemas.js';
import { ShopFleet } from './support/shop-fleet.js';

onBothStores('the events of the shop', (store) => {
  let shop: ShopFleet;
  let published: readonly CloudEvent[];

  const move = (id: string, status: string) =>
    call(shop.orders[0]!.url, `PATCH /orders/${id}`, { body: { status } });
  const statusOf = async (id: string) =>
    ((await call(shop.orders[0]!.url, `GET /orders/${id}`)).body as Order).status;

  /** Makes every kind of change that publishes an event. */
  async function changeEverything(): Promise<void> {
    const [user, product] = [await shop.newUser(), await shop.newProduct(10)];
    await call(shop.users.url, `PATCH /users/${user.id}`, { body: { name: 'Bob' } });
    await call(shop.products.url, `PATCH /products/${product.id}`, { body: { price: 300 } });
    const delivered = (await shop.order(user, product, 1)).body as Order;
    for (const status of ['paid', 'shipped', 'delivered']) await move(delivered.id, status);
    const cancelled = (await shop.order(user, product, 2)).body as Order;
    await call(shop.orders[0]!.url, `DELETE /orders/${cancelled.id}`);
    await shop.users.kill();
    const unknown = (await shop.order({ ...user, id: 'unknown' }, product, 1)).body as Order;
    await shop.users.start();
    await waitFor('the rejection', async () => (await statusOf(unknown.id)) === 'rejected', 30_000);
    await call(shop.products.url, `DELETE /products/${product.id}`);
    await call(shop.users.url, `DELETE /users/${user.id}`);
  }

  beforeAll(async () => {
    const storage = await store.createStorage();
    const env = { DATABASE_URL: storage.databaseUrl ?? '', DATA_DIR: storage.dataDir };
    shop = await ShopFleet.start(env, [{}]);
    await changeEverything();
    await shop.stop();
    const outboxes = SERVICES.map(async (service) => {
      const database = await openDatabase<unknown>(storage, service);
      const rows = new OutboxRows(database, service);
      await rows.number(0, Number.MAX_SAFE_INTEGER);
      const events = await rows.after(0, Number.MAX_SAFE_INTEGER);
      await database.destroy();
      return events;
    });
    published = (await Promise.all(outboxes)).flat();
  }, 120_000);

  it('are all published', () => {
    expect(new Set(published.map(({ type }) => type))).toEqual(new Set(SHOP_EVENT_TYPES));
  });

  it('carry what their schemas declare, and nothing else', () => {
    expect(undeclaredEvents(published)).toEqual([]);
  });
});
