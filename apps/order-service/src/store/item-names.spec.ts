import { Preconditions } from '#service-kit';
import { onBothStores } from '#testing';
import { createTestInstance, TestEnvironment, type TestInstance } from '../testing/test-instance.js';
import { addListedProducts, storeProduct } from './product-copies.js';

const PRODUCT = { id: 'p1' };

onBothStores('the names of order items', (store) => {
  let environment: TestEnvironment;
  let instance: TestInstance;

  beforeEach(async () => {
    environment = new TestEnvironment();
    environment.stock.products.set('p1', { stock: 10, unitPrice: 250, currency: 'EUR', name: 'Tea' });
    instance = await createTestInstance(await store.createStorage(), environment);
  });
  afterEach(() => instance.database.destroy());

  const place = (key?: string, productId = 'p1') =>
    instance.placement.place({
      body: { userId: 'u1', items: [{ productId, quantity: 2 }] },
      key,
      requestId: 'r-1',
    });
  const storeVersion = (version: number, name: string) =>
    instance.database.transaction().execute((trx) => storeProduct({ ...PRODUCT, name, version }, trx));
  const addListed = (name: string) =>
    instance.database.transaction().execute((trx) => addListedProducts([{ ...PRODUCT, name }], trx));
  const nameOf = async (id: string) => (await instance.orders.get(id)).body.items[0]?.name;
  const etagOf = async (id: string) => (await instance.orders.get(id)).etag;
  const listed = async () => (await instance.orders.list({ limit: 50 })).items[0]?.items[0]?.name;

  /** An order of an earlier version, which stored no names. */
  async function placeWithoutName(): Promise<string> {
    const { id } = (await place()).order;
    const items = JSON.stringify([{ productId: 'p1', quantity: 2, unitPrice: 250 }]);
    await instance.database.updateTable('orders').set({ items }).where('id', '=', id).execute();
    return id;
  }

  async function placePending(key?: string, productId?: string): Promise<string> {
    environment.stock.outage = 'not-received';
    const { id } = (await place(key, productId)).order;
    environment.stock.outage = undefined;
    return id;
  }

  it('are those of the reservation, also after the product was renamed', async () => {
    const { id, items } = (await place()).order;
    expect(items).toMatchObject([{ name: 'Tea' }]);
    await storeVersion(2, 'Green tea');
    expect([await nameOf(id), await listed(), await etagOf(id)]).toEqual(['Tea', 'Tea', '"2"']);
  });

  it('take no query while every item has one', async () => {
    await instance.database.schema.dropTable('product_copies').execute();
    const { id } = (await place()).order;
    expect([await nameOf(id), await listed()]).toEqual(['Tea', 'Tea']);
  });

  it('are the latest known ones while an order is pending, and then those of the reservation', async () => {
    const unknown = await placePending();
    expect(await nameOf(unknown)).toBeNull();
    await storeVersion(1, 'Tea');
    const id = await placePending('k');
    expect([await nameOf(unknown), await nameOf(id)]).toEqual(['Tea', 'Tea']);
    expect(await place('k')).toMatchObject({ replayed: true, order: { items: [{ name: 'Tea' }] } });
    await storeVersion(2, 'Green tea');
    expect(await nameOf(id)).toBe('Green tea');

    environment.stock.products.set('p1', { stock: 10, unitPrice: 250, currency: 'EUR', name: 'Black tea' });
    environment.clock.advance(5000);
    await instance.pending.runOnce();
    expect([await nameOf(unknown), await nameOf(id)]).toEqual(['Black tea', 'Black tea']);
  });

  it('are in the response that accepts an order as pending', async () => {
    await addListed('Tea');
    environment.stock.outage = 'not-received';
    expect(await place()).toMatchObject({
      status: 202,
      namesVersion: 1,
      order: { items: [{ unitPrice: null, name: 'Tea' }] },
    });
  });

  it('do not keep an order of an unknown product from being accepted', async () => {
    const id = await placePending('k', 'new');
    expect(await nameOf(id)).toBeNull();
  });

  it('are the latest known ones for orders of an earlier version', async () => {
    const id = await placeWithoutName();
    expect([await nameOf(id), await listed()]).toEqual([null, null]);
    await storeVersion(1, 'Tea');
    expect([await nameOf(id), await listed()]).toEqual(['Tea', 'Tea']);
    const { body } = await instance.orders.move(id, 'paid', Preconditions.NONE);
    expect(body.items).toEqual([{ productId: 'p1', quantity: 2, unitPrice: 250, name: 'Tea' }]);
  });

  it('change the ETag of an order, and not its version', async () => {
    const id = await placeWithoutName();
    const etags = [await etagOf(id)];
    await addListed('Tea');
    etags.push(await etagOf(id));
    await storeVersion(1, 'Green tea');
    etags.push(await etagOf(id));
    expect(etags).toEqual(['"2"', '"2-1"', '"2-2"']);
    for (const etag of etags) await instance.orders.change(id, {}, new Preconditions({ 'if-match': etag }));
  });

  it('are those of the newest version, in whatever order versions arrive', async () => {
    const id = await placeWithoutName();
    await storeVersion(3, 'Green tea');
    await storeVersion(2, 'Tea');
    expect(await nameOf(id)).toBe('Green tea');
    await storeVersion(4, 'Black tea');
    expect(await nameOf(id)).toBe('Black tea');
  });

  it('are never replaced by those of the list of products, which can be older', async () => {
    const id = await placeWithoutName();
    await storeVersion(1, 'Green tea');
    await addListed('Tea');
    expect(await nameOf(id)).toBe('Green tea');
  });
});
