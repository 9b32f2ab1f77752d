import { waitFor, onBothStores } from '#testing';
import { createTestInstance, TestEnvironment, type TestInstance } from '../testing/test-instance.js';
import { anonymiseOrders, DELETED_USER } from './anonymise-orders.js';

const USER = '01a2223a-39ff-778e-bd4b-b3054205683e';
const CLAIM_MS = 6000;

onBothStores('the orders of a deleted user', (store) => {
  let environment: TestEnvironment;
  let instance: TestInstance;

  beforeEach(async () => {
    environment = new TestEnvironment();
    environment.stock.products.set('p1', { stock: 10, unitPrice: 250, currency: 'EUR' });
    instance = await createTestInstance(await store.createStorage(), environment);
  });
  afterEach(() => instance.database.destroy());

  const place = () =>
    instance.placement.place({
      body: { userId: USER, items: [{ productId: 'p1', quantity: 1 }] },
      key: 'k',
      requestId: 'r-1',
    });
  const deleteUser = () => instance.database.transaction().execute((trx) => anonymiseOrders(USER, trx));
  const orders = () => instance.database.selectFrom('orders').selectAll().execute();
  const requests = () => instance.database.selectFrom('order_requests').selectAll().execute();
  const numberOfClaims = async () => (await orders()).reduce((sum, { claim }) => sum + claim, 0);

  /** Stops `work` in its call of the user service, deletes the user, and lets it continue. */
  async function deleteUserDuring(work: () => Promise<unknown>): Promise<void> {
    let resume: () => void = () => undefined;
    environment.users.gate = new Promise((resolve) => (resume = resolve));
    const claims = await numberOfClaims();
    const done = work();
    await waitFor('the claim', async () => (await numberOfClaims()) > claims);
    await deleteUser();
    resume();
    await done;
  }

  it('keep nothing of its id: neither the orders nor the responses that wait to be replayed', async () => {
    const { order } = await place();
    await deleteUser();

    const [row] = await orders();
    expect(row).toMatchObject({ user_id: DELETED_USER, version: 3 });
    expect(row!.updated_at).not.toBe(Date.parse(order.updatedAt));
    expect(JSON.stringify(await requests())).not.toContain(USER);
    expect(await place()).toMatchObject({ replayed: true, order: { ...order, userId: DELETED_USER } });
  });

  it('get rid of its id also while they are placed', async () => {
    await deleteUserDuring(place);

    const events = await instance.database
      .selectFrom('order_service_outbox' as never)
      .selectAll()
      .execute();
    expect(events).toHaveLength(2);
    expect(JSON.stringify([events, await orders(), await requests()])).not.toContain(USER);
    expect(await place()).toMatchObject({ replayed: true, order: { userId: DELETED_USER } });
  });

  it('get rid of its id in the reason of their rejection', async () => {
    environment.users.fault = 'not-received';
    await place();
    environment.users.fault = undefined;
    environment.users.unknown.add(USER);
    environment.clock.advance(CLAIM_MS);
    await instance.pending.runOnce();
    expect(await orders()).toMatchObject([{ status_reason: `user ${USER} does not exist` }]);
    await deleteUser();
    expect(await orders()).toMatchObject([{ status_reason: `user ${DELETED_USER} does not exist` }]);
  });

  it('get no reason with its id when they are rejected after the deletion', async () => {
    environment.users.fault = 'not-received';
    await place();
    environment.users.fault = undefined;
    environment.users.unknown.add(USER);
    environment.clock.advance(CLAIM_MS);
    await deleteUserDuring(() => instance.pending.runOnce());
    expect(await orders()).toMatchObject([{ status_reason: `user ${DELETED_USER} does not exist` }]);
  });
});
