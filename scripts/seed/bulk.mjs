import { sql } from 'kysely';
import { createRows } from './rows.mjs';
import { Progress } from './progress.mjs';

/** Rows of one transaction. */
const BATCH = 1000;
/** Memory for pages of an embedded store, in KiB: indexes grow at random places, and each page is written once. */
const CACHE_KIB = 262_144;
/** Users and products that the orders refer to. */
const REFERRED = 10_000;

/** Opens the store of a service, as the service itself does, and passes it with the app's exports to `use`. */
async function withStore(storage, service, use) {
  const [{ openDatabase, migrate }, app] = await Promise.all([
    import('#service-kit'),
    import(`#apps/${service}`),
  ]);
  const database = await openDatabase(storage, service);
  try {
    await migrate(database, service, app.migrations);
    if (storage.databaseUrl === undefined)
      await sql.raw(`pragma cache_size = -${CACHE_KIB}`).execute(database);
    return await use(database, app);
  } finally {
    await database.destroy();
  }
}

async function insertAll(what, count, insert) {
  const progress = new Progress(what, count);
  for (let done = 0; done < count; done += BATCH) {
    const size = Math.min(BATCH, count - done);
    await insert(Array.from({ length: size }, (_, n) => done + n));
    progress.report(done + size);
  }
}

/** Before anything is written: orders refer to users and products that are written with them, or that the stores have. */
async function requireReferred(storage, counts) {
  for (const [table, count] of Object.entries(counts)) {
    const service = `${table.slice(0, -1)}-service`;
    const first = (database) => database.selectFrom(table).select('id').limit(1).executeTakeFirst();
    if (count === 0 && !(await withStore(storage, service, first)))
      throw new Error(`orders need ${table}, and the store of ${service} has none: add --${table}`);
  }
}

/**
 * Writes users, products and orders straight to the stores of the services.
 * @param storage where the services store their rows: `{ databaseUrl, dataDir, sync }`
 * @param counts number of each
 */
export async function seedStores(storage, { users = 0, products = 0, orders = 0 }) {
  if (orders > 0) await requireReferred(storage, { users, products });
  const rows = createRows({ users, products, orders });
  const userIds = await withStore(storage, 'user-service', async (database, { insertUsers }) => {
    await insertAll('users', users, (batch) => insertUsers(database, batch.map(rows.user)));
    return database.selectFrom('users').select('id').orderBy('id', 'desc').limit(REFERRED).execute();
  });
  const offers = await withStore(storage, 'product-service', async (database, { insertProducts }) => {
    await insertAll('products', products, (batch) => insertProducts(database, batch.map(rows.product)));
    const newest = database.selectFrom('products').orderBy('id', 'desc').limit(REFERRED);
    return newest.select(['id', 'price', 'currency', 'name']).execute();
  });
  await withStore(storage, 'order-service', (database, { insertOrders }) =>
    insertAll('orders', orders, (batch) =>
      insertOrders(
        database,
        batch.map((n) => rows.order(n, userIds, offers)),
      ),
    ),
  );
}
