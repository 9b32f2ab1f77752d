import type { Kysely } from 'kysely';
import { insertOrders, migrations as orderMigrations } from '#apps/order-service';
import { insertProducts, migrations as productMigrations } from '#apps/product-service';
import { insertUsers, migrations as userMigrations } from '#apps/user-service';
import { migrate, newId, openDatabase, type Migrations, type Page, type StorageConfig } from '#service-kit';
import type { Order } from '#shop-contracts';
import { call, MOUNTS, onBothStores, startSystem, waitFor, type RunningSystem } from '#testing';

const PAST = Date.parse('2026-01-01T00:00:00Z');
/** More than one page of the list of products. */
const PRODUCTS = 401;
const DELETED = newId();

type Store = Kysely<never>;

interface Rows {
  readonly products: { readonly id: string };
  readonly users: { readonly id: string };
}

describe.each(MOUNTS)('an upgrade from a version without events, as %s', (mount) => {
  onBothStores('orders', (store) => {
    let storage: StorageConfig;
    let system: RunningSystem | undefined;
    let keptUsers: readonly string[];

    async function inStore<T>(
      name: string,
      migrations: Migrations,
      work: (database: Store) => Promise<T>,
    ): Promise<T> {
      const database = await openDatabase<never>(storage, name);
      try {
        await migrate(database, name, migrations);
        return await work(database);
      } finally {
        await database.destroy();
      }
    }

    const idsOf = async (database: Store, table: keyof Rows): Promise<string[]> => {
      const rows = (database as unknown as Kysely<Rows>).selectFrom(table).select('id').orderBy('id');
      return (await rows.execute()).map(({ id }) => id);
    };

    /** Users, products and orders of which no event was published. */
    beforeEach(async () => {
      storage = await store.createStorage();
      keptUsers = await inStore('user-service', userMigrations, async (database) => {
        const rows = ['Ann', 'Bob'].map((name) => ({ email: `${name}@example.com`, name, createdAt: PAST }));
        await insertUsers(database, rows);
        return idsOf(database, 'users');
      });
      const products = await inStore('product-service', productMigrations, async (database) => {
        const rows = Array.from({ length: PRODUCTS }, (_, n) => ({
          ...{ name: `product ${n}`, category: 'c', price: 250, currency: 'EUR', stock: 10 },
          createdAt: PAST + n,
        }));
        await insertProducts(database, rows);
        return idsOf(database, 'products');
      });
      await inStore('order-service', orderMigrations, (database) =>
        insertOrders(
          database,
          [...keptUsers, DELETED].map((userId) => ({
            ...{ userId, status: 'paid', total: 500, currency: 'EUR', createdAt: PAST },
            items: [products[0]!, products.at(-1)!].map((productId) => ({
              ...{ productId, quantity: 1, unitPrice: 250, name: null },
            })),
          })),
        ),
      );
    }, 60_000);
    afterEach(() => system?.process.stop());

    it('get the names of their products, and those of deleted users lose the id', async () => {
      const running = await startSystem(mount, {
        DATA_DIR: storage.dataDir,
        DATABASE_URL: storage.databaseUrl ?? '',
      });
      system = running;
      const orders = async (): Promise<readonly Order[]> =>
        ((await call(running.url, 'GET /api/order-service/orders')).body as Page<Order>).items;
      await waitFor('the names', async () =>
        (await orders()).every(({ items }) => items.every(({ name }) => name !== null)),
      );
      await waitFor('the anonymised order', async () =>
        (await orders()).every(({ userId }) => userId !== DELETED),
      );
      const now = await orders();
      expect(now.map(({ userId }) => userId).sort()).toEqual([...keptUsers, 'deleted-user'].sort());
      for (const { items } of now)
        expect(items.map(({ name }) => name)).toEqual(['product 0', `product ${PRODUCTS - 1}`]);
    }, 60_000);
  });
});
