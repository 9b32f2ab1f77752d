import type { Kysely } from 'kysely';
import { onBothStores } from '#testing';
import { storedKeyOf } from './stored-key.js';
import { createTestInstance, TestEnvironment, type TestInstance } from '../testing/test-instance.js';
import { addKeysOfUsers } from './user-keys.migration.js';

onBothStores('idempotency keys from before an upgrade', (store) => {
  let instance: TestInstance;

  beforeEach(async () => {
    const environment = new TestEnvironment();
    environment.stock.products.set('p1', { stock: 10, unitPrice: 250, currency: 'EUR' });
    instance = await createTestInstance(await store.createStorage(), environment);
  });
  afterEach(() => instance.database.destroy());

  async function place(caller: Parameters<typeof storedKeyOf>[1], quantity = 2) {
    const body = { userId: 'u1', items: [{ productId: 'p1', quantity }] };
    const key = storedKeyOf('k', caller);
    const { order, replayed } = await instance.placement.place({ body, key, sentKey: 'k', requestId: 'r-1' });
    return { id: order.id, replayed };
  }

  /** Leaves what a version stored in which callers for all users had the same keys. */
  const placeBeforeUpgrade = async () => {
    const placed = await place(undefined);
    await instance.database.updateTable('order_requests').set({ of_caller: 0 }).execute();
    return placed;
  };

  it('stay valid for the user of the order', async () => {
    const { id } = await place(undefined);
    await addKeysOfUsers(instance.database as unknown as Kysely<unknown>);
    expect(await place({ userId: 'u1' })).toEqual({ id, replayed: true });
    expect(await place({ userId: 'u2' })).toMatchObject({ replayed: false });
  });

  it('stay valid for the same order of callers for all users', async () => {
    const { id } = await placeBeforeUpgrade();
    for (const caller of [undefined, { userId: 'admin' }, { consumer: 'operator' }])
      expect(await place(caller)).toEqual({ id, replayed: true });
    expect(await place({ userId: 'admin' }, 3)).toMatchObject({ replayed: false });
  });

  it('belong to their caller when they are stored after it', async () => {
    await place(undefined);
    expect(await place({ userId: 'admin' })).toMatchObject({ replayed: false });
    expect(await place({ consumer: 'operator' })).toMatchObject({ replayed: false });
    expect(await place({ userId: 'admin' })).toMatchObject({ replayed: true });
  });
});
