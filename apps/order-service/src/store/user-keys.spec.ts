import type { Kysely } from 'kysely';
import { onBothStores } from '#testing';
import { storedKeyOf } from './stored-key.js';
import { createTestInstance, TestEnvironment } from '../testing/test-instance.js';
import { addKeysOfUsers } from './user-keys.migration.js';

onBothStores('idempotency keys from before keys belonged to users', (store) => {
  it('stay valid for the user of the order, and for callers for all users', async () => {
    const environment = new TestEnvironment();
    environment.stock.products.set('p1', { stock: 10, unitPrice: 250, currency: 'EUR' });
    const { placement, database } = await createTestInstance(await store.createStorage(), environment);
    const place = async (key: string | undefined) => {
      const body = { userId: 'u1', items: [{ productId: 'p1', quantity: 2 }] };
      const { order, replayed } = await placement.place({ body, key, requestId: 'r-1' });
      return { id: order.id, replayed };
    };
    const { id } = await place('k');
    await addKeysOfUsers(database as unknown as Kysely<unknown>);

    for (const owner of ['u1', undefined])
      expect(await place(storedKeyOf('k', owner))).toEqual({ id, replayed: true });
    expect(await place(storedKeyOf('k', 'u2'))).toMatchObject({ replayed: false });
    await database.destroy();
  });
});
