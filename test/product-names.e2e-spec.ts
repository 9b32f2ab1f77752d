import type { Kysely } from 'kysely';
import { openDatabase, type StorageConfig } from '#service-kit';
import type { Order } from '#shop-contracts';
import { call, onBothStores, onPrograms, startRedis, waitFor, type TestRedis } from '#testing';
import { ShopFleet } from './support/shop-fleet.js';

interface OrdersSchema {
  readonly product_copies: { readonly id: string; readonly name: string };
}

onPrograms(['redis-server'], 'separate processes with Redis', () => {
  onBothStores('the names of ordered products', (store) => {
    let storage: StorageConfig;
    let redis: TestRedis;
    let shop: ShopFleet;
    let database: Kysely<OrdersSchema>;

    beforeAll(async () => {
      storage = await store.createStorage();
      redis = await startRedis();
      const { databaseUrl = '', dataDir } = storage;
      const env = { DATABASE_URL: databaseUrl, DATA_DIR: dataDir, REDIS_URL: redis.url };
      shop = await ShopFleet.start(env, [{}, {}]);
      database = await openDatabase(storage, 'order-service');
    }, 60_000);
    afterAll(async () => {
      await database.destroy();
      await shop.stop();
      await redis.stop();
    }, 60_000);

    const rename = (id: string, name: string) =>
      call(shop.products.url, `PATCH /products/${id}`, { body: { name } });
    const read = async ({ id }: Order): Promise<Order> =>
      (await call(shop.orders[1]!.url, `GET /orders/${id}`)).body as Order;
    const nameOf = async (order: Order) => (await read(order)).items[0]!.name;
    const untilCopied = (id: string, name: string) =>
      waitFor(`the copy of ${name}`, async () => {
        const copies = database.selectFrom('product_copies').select('name').where('id', '=', id);
        return (await copies.executeTakeFirst())?.name === name;
      });

    it('are those at the time of each order, also while the product service is away, and of deleted products', async () => {
      const [buyer, tea] = [await shop.newUser(), await shop.newProduct(10)];
      const placed = (await shop.order(buyer, tea, 1)).body as Order;
      await untilCopied(tea.id, 'Tea');
      await rename(tea.id, 'Green tea');
      await untilCopied(tea.id, 'Green tea');

      await shop.products.kill();
      const accepted = await shop.order(buyer, tea, 1);
      const pending = accepted.body as Order;
      expect([accepted.status, pending.items[0]!.name]).toEqual([202, 'Green tea']);
      await shop.products.start();
      await waitFor('the order', async () => (await read(pending)).status === 'confirmed', 20_000);

      await rename(tea.id, 'Black tea');
      await untilCopied(tea.id, 'Black tea');
      await call(shop.products.url, `DELETE /products/${tea.id}`);
      expect((await shop.order(buyer, tea, 1)).status).toBe(422);
      expect([await nameOf(placed), await nameOf(pending)]).toEqual(['Tea', 'Green tea']);
    }, 60_000);

    it('of products that were deleted are shown in orders that were accepted before', async () => {
      const [buyer, tea] = [await shop.newUser(), await shop.newProduct(10)];
      await untilCopied(tea.id, 'Tea');
      await shop.products.kill();
      const pending = (await shop.order(buyer, tea, 1)).body as Order;
      await call(shop.orders[0]!.url, `DELETE /orders/${pending.id}`);
      await shop.products.start();
      await call(shop.products.url, `DELETE /products/${tea.id}`);
      // Handled after the deletion.
      const next = await shop.newProduct(1);
      await untilCopied(next.id, 'Tea');
      expect(await read(pending)).toMatchObject({ status: 'cancelled', items: [{ name: 'Tea' }] });
    }, 60_000);
  });
});
