import { ServiceUnreachable } from '#registry-client';
import { createLogger, migrate, openDatabase, type StorageConfig } from '#service-kit';
import { onBothStores, waitFor } from '#testing';
import type { Kysely, Updateable } from 'kysely';
import { inspect } from 'node:util';
import { DELETED_USER } from '../store/anonymise-orders.js';
import { insertOrders } from '../store/insert-orders.js';
import { migrations, type BackfillName, type OrdersSchema } from '../store/orders.schema.js';
import { storeProduct } from '../store/product-copies.js';
import { FakeCatalogue, FakeUsers } from '../testing/fake-neighbours.js';
import { BackfillProgress } from './backfill-progress.js';
import { Backfills } from './backfills.js';
import { DeletedUsersBackfill } from './deleted-users.backfill.js';
import { ProductCopiesBackfill } from './product-copies.backfill.js';

const product = (id: string) => ({ id, name: `name of ${id}` });
const order = (userId: string) => ({
  userId,
  status: 'paid' as const,
  items: [{ productId: 'p1', quantity: 1, unitPrice: 250, name: null }],
  total: 250,
  currency: 'EUR',
  createdAt: Date.parse('2026-01-01T00:00:00Z'),
});

onBothStores('the backfills of the order service', (store) => {
  let storage: StorageConfig;
  let database: Kysely<OrdersSchema>;
  let catalogue: FakeCatalogue;
  let users: FakeUsers;
  let started: Backfills[];
  let logged: { level: 'info' | 'warn'; text: string }[];

  beforeEach(async () => {
    storage = await store.createStorage();
    database = await openDatabase(storage, 'order-service');
    await migrate(database, 'order-service', migrations);
    catalogue = new FakeCatalogue();
    catalogue.products.push(...['p1', 'p2', 'p3', 'p4', 'p5'].map(product));
    users = new FakeUsers();
    started = [];
    logged = [];
  });
  afterEach(async () => {
    for (const backfills of started) await backfills.beforeApplicationShutdown();
    await database.destroy();
  });

  /** The backfills of one process. */
  function newProcess(): Backfills {
    const logger = createLogger('order-service', { logLevel: 'ERROR', logFormat: 'json' });
    const record = (level: 'info' | 'warn') => (fields: object, text: string) =>
      logged.push({ level, text: `${text} ${inspect(fields)}` });
    const backfills = new Backfills(
      new BackfillProgress(database),
      new ProductCopiesBackfill(catalogue),
      new DeletedUsersBackfill(database, users),
      Object.assign(logger, { info: record('info'), warn: record('warn') }),
    );
    started.push(backfills);
    return backfills;
  }
  const copies = () =>
    database.selectFrom('product_copies').select(['id', 'name', 'version']).orderBy('id').execute();
  const owners = async () => {
    const rows = await database.selectFrom('orders').select('user_id').execute();
    return rows.map(({ user_id }) => user_id).sort();
  };
  const unfinished = () =>
    database.selectFrom('order_backfills').select('name').where('done_at', 'is', null).execute();
  /** What a crashed process leaves, 10 seconds later. */
  const expireLeases = () => database.updateTable('order_backfills').set({ leased_until: 0 }).execute();
  /** What was logged of the end of a backfill. */
  const complete = (backfill: BackfillName) =>
    logged
      .map(({ text }) => text)
      .filter((text) => text.startsWith('Backfill complete') && text.includes(backfill));
  const warnings = () => logged.filter(({ level }) => level === 'warn');
  /** Withholds the response to requests with this cursor until it is called. */
  function withhold(cursor: string | null): () => void {
    let open: () => void = () => undefined;
    catalogue.gates.set(cursor, new Promise((resolve) => (open = resolve)));
    return open;
  }

  it('copy all products once, whatever number of processes starts', async () => {
    await Promise.all([newProcess().run(), newProcess().run()]);
    await newProcess().run();
    expect(await copies()).toEqual(
      ['p1', 'p2', 'p3', 'p4', 'p5'].map((id) => ({ id, name: `name of ${id}`, version: 0 })),
    );
    expect(catalogue.requested).toEqual([null, '2', '4']);
  });

  it('keep a newer copy from an event that arrives between the list and its storage', async () => {
    const open = withhold(null);
    const done = newProcess().run();
    await waitFor('the first page', () => catalogue.requested.length === 1);
    const renamed = { ...product('p1'), name: 'renamed', version: 2 };
    await database.transaction().execute((trx) => storeProduct(renamed, trx));
    open();
    await done;
    expect((await copies())[0]).toEqual({ id: 'p1', name: 'renamed', version: 2 });
  });

  it('continue after the last stored part when another process takes over, and ignore the first one from then on', async () => {
    const open = withhold('2');
    const first = newProcess();
    first.onApplicationBootstrap();
    await waitFor('the second page', () => catalogue.requested.length === 2);
    expect((await copies()).map(({ id }) => id)).toEqual(['p1', 'p2']);

    catalogue.gates.clear();
    await expireLeases();
    await newProcess().run();
    expect(catalogue.requested).toEqual([null, '2', '2', '4']);
    open();
    await first.beforeApplicationShutdown();
    expect(await copies()).toHaveLength(5);
    expect(await unfinished()).toEqual([]);
  });

  it('log their end once, though another process has taken over before it', async () => {
    const open = withhold('4');
    const first = newProcess();
    first.onApplicationBootstrap();
    await waitFor('the last page', () => catalogue.requested.length === 3);
    catalogue.gates.clear();
    await expireLeases();
    await newProcess().run();
    open();
    await first.beforeApplicationShutdown();
    expect(complete('product-copies')).toEqual([expect.stringContaining('records: 1 ')]);
  });

  it('wait while other services are away', async () => {
    await insertOrders(database, ['u1', 'u2', 'u3'].map(order));
    users.unknown.add('u1');
    users.fault = 'not-received';
    catalogue.fault = 'response-lost';
    const done = newProcess().run();
    await waitFor('repeated requests', () => catalogue.requested.length > 2);
    expect([await copies(), await owners()]).toEqual([[], ['u1', 'u2', 'u3']]);

    users.fault = undefined;
    catalogue.fault = undefined;
    await done;
    expect([(await copies()).length, await owners()]).toEqual([5, [DELETED_USER, 'u2', 'u3']]);
  });

  it('anonymise the orders of users who do not exist, and no others, once', async () => {
    await insertOrders(database, ['a', 'b', 'c', 'd', DELETED_USER, 'e', 'a', 'b', 'e'].map(order));
    for (const unknown of ['b', 'e', DELETED_USER]) users.unknown.add(unknown);
    await newProcess().run();
    expect(await owners()).toEqual(['a', 'a', 'c', 'd', ...Array<string>(5).fill(DELETED_USER)]);
    expect(complete('deleted-users')).toEqual([expect.stringContaining('records: 2')]);
    const versions = database.selectFrom('orders').select('version').where('user_id', '=', DELETED_USER);
    // An order that was anonymised before is left as it is.
    expect((await versions.execute()).map(({ version }) => version).sort()).toEqual([2, 3, 3, 3, 3]);

    users.unknown.add('a');
    await newProcess().run();
    expect(await owners()).toContain('a');
  });

  describe('while the user service may run on a wrong store', () => {
    /** Two users from before, and one who signed up at the wrong user service. */
    beforeEach(async () => {
      await insertOrders(database, ['a', 'b', 'new'].map(order));
      // Anyone can name a user in an order; what was not confirmed is no evidence.
      const rejected = ['0', '1', '2'].map((userId) => ({ ...order(userId), status: 'rejected' as const }));
      await insertOrders(database, rejected);
      for (const unknown of ['a', 'b']) users.unknown.add(unknown);
    });
    const anonymised = async () => (await owners()).filter((owner) => owner === DELETED_USER);
    const refusal = () =>
      waitFor('the warning', () =>
        warnings().some(({ text }) =>
          text.includes('the user service does not know more than half of the first 3'),
        ),
      );

    it('anonymise no order, and continue when it knows most owners', async () => {
      const done = newProcess().run();
      await refusal();
      const after = users.calls;
      await waitFor('another attempt', () => users.calls > after);
      expect(await anonymised()).toEqual([]);
      expect(await unfinished()).toContainEqual({ name: 'deleted-users' });
      expect(warnings()).toHaveLength(1);

      users.unknown.delete('a');
      await done;
      expect(await owners()).toEqual(['0', '1', '2', 'a', DELETED_USER, 'new']);
    });

    it('ask for a user again when it has got its store back since the first response', async () => {
      users.onCall = (userId) => {
        if (userId === 'b') users.unknown.clear();
      };
      await newProcess().run();
      expect(await anonymised()).toEqual([]);
    });

    it('check it again after it was unavailable', async () => {
      users.unknown.clear();
      users.unknown.add('a');
      await insertOrders(database, [order('a1')]);
      let calls = 0;
      users.onCall = (userId) => {
        // The first call is that of the check before `a` is anonymised.
        if (userId !== 'a1' || ++calls < 2) return;
        users.onCall = undefined;
        users.unknown.add('a1').add('b');
        throw new ServiceUnreachable('user-service', 'refused');
      };
      newProcess().onApplicationBootstrap();
      await refusal();
      expect(await anonymised()).toEqual([DELETED_USER]);
    });

    const setProgress = (progress: Updateable<OrdersSchema['order_backfills']>) =>
      database
        .updateTable('order_backfills')
        .set(progress)
        .where('name', '=', 'deleted-users')
        .returning('confirmed')
        .execute();

    it('anonymise the orders when an operator confirms that most users were deleted, also after a failure', async () => {
      const first = newProcess();
      first.onApplicationBootstrap();
      await refusal();
      users.onCall = (userId) => {
        if (userId === 'b') throw new ServiceUnreachable('user-service', 'refused');
      };
      await setProgress({ confirmed: 1 });
      await waitFor('the first user', async () => (await anonymised()).length === 1);
      await first.beforeApplicationShutdown();
      users.onCall = undefined;
      await newProcess().run();
      expect(await anonymised()).toHaveLength(2);
    });

    it('ask again when they are repeated', async () => {
      await setProgress({ confirmed: 1 });
      await newProcess().run();
      expect(await setProgress({ done_at: null })).toEqual([{ confirmed: 0 }]);
    });

    it('do not count users who ordered after the upgrade, however few there were before', async () => {
      const later = ['new 1', 'new 2', 'new 3'].map((userId) => ({
        ...order(userId),
        createdAt: Date.now(),
      }));
      await insertOrders(database, later);
      newProcess().onApplicationBootstrap();
      await refusal();
      expect(await anonymised()).toEqual([]);
    });
  });
});
