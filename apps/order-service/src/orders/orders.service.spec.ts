import { Preconditions } from '#service-kit';
import type { OrderStatus } from '#shop-contracts';
import { onBothStores, waitFor } from '#testing';
import type { OrderListQueryDto } from '../store/order-list.query.js';
import { createTestInstance, TestEnvironment, type TestInstance } from '../testing/test-instance.js';

onBothStores('order status changes', (store) => {
  let environment: TestEnvironment;
  let instance: TestInstance;

  beforeEach(async () => {
    environment = new TestEnvironment();
    environment.stock.products.set('p1', { stock: 10, unitPrice: 250, currency: 'EUR' });
    instance = await createTestInstance(await store.createStorage(), environment);
  });

  afterEach(() => instance.database.destroy());

  const place = async (userId = 'u1') =>
    (
      await instance.placement.place({
        body: { userId, items: [{ productId: 'p1', quantity: 2 }] },
        key: undefined,
        requestId: 'r-1',
      })
    ).order.id;
  const move = (id: string, to: OrderStatus, ifMatch?: string) =>
    instance.orders
      .move(id, to, ifMatch === undefined ? Preconditions.NONE : new Preconditions({ 'if-match': ifMatch }))
      .then(({ body }) => body);
  const change = (id: string, sent: object) => instance.orders.change(id, sent, Preconditions.NONE);
  const stored = async (id: string) => (await instance.repository.find(id))!;

  it('moves through all statuses, one version per step', async () => {
    const id = await place();
    for (const status of ['paid', 'shipped', 'delivered'] as const)
      expect((await move(id, status)).status).toBe(status);

    expect((await stored(id)).version).toBe(5);
    expect(environment.stock.stockOf('p1')).toBe(8);
  });

  it('changes nothing when the requested status is the current one or is missing', async () => {
    const id = await place();
    const { body: before } = await instance.orders.get(id);

    expect(await move(id, 'confirmed')).toEqual(before);
    expect((await change(id, {})).body).toEqual(before);
    expect((await stored(id)).version).toBe(2);
  });

  it('reports from, to and the allowed statuses for an illegal move', async () => {
    const id = await place();

    await expect(move(id, 'delivered')).rejects.toMatchObject({
      code: 'illegal-transition',
      extensions: { from: 'confirmed', to: 'delivered', allowed: ['paid', 'cancelled'] },
    });
    expect((await stored(id)).status).toBe('confirmed');
  });

  it('does not let a client confirm a pending order', async () => {
    environment.stock.outage = 'not-received';
    const id = await place();

    await expect(move(id, 'confirmed')).rejects.toMatchObject({ code: 'illegal-transition' });
  });

  it('refuses a move when If-Match names an older version', async () => {
    const id = await place();
    const { version } = await stored(id);
    await move(id, 'paid', `"${version}"`);

    await expect(move(id, 'shipped', `"${version}"`)).rejects.toMatchObject({ status: 412 });
    expect((await stored(id)).status).toBe('paid');
  });

  it('lets exactly one of two concurrent conflicting moves succeed', async () => {
    const id = await place();
    await move(id, 'paid');
    const outcomes = await Promise.allSettled([move(id, 'shipped'), move(id, 'cancelled')]);

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { status } = await stored(id);
    expect(environment.stock.stockOf('p1')).toBe(status === 'cancelled' ? 10 : 8);
  });

  it('returns the stock once when cancelled repeatedly and concurrently', async () => {
    const id = await place();
    await Promise.all(Array.from({ length: 5 }, () => move(id, 'cancelled')));

    expect(await stored(id)).toMatchObject({ status: 'cancelled', stockRelease: 'done' });
    expect(environment.stock.stockOf('p1')).toBe(10);
  });

  it.each(['not-received', 'response-lost'] as const)(
    'cancels while the product service fails (%s), and returns the stock later, once',
    async (fault) => {
      const id = await place();
      environment.stock.outage = fault;
      expect((await move(id, 'cancelled')).status).toBe('cancelled');

      environment.stock.outage = undefined;
      environment.clock.advance(5000);
      await instance.pending.runOnce();
      await instance.pending.runOnce();

      expect(await stored(id)).toMatchObject({ status: 'cancelled', stockRelease: 'done' });
      expect(environment.stock.stockOf('p1')).toBe(10);
    },
  );

  it('releases the stock of a pending order that is cancelled while it is being completed', async () => {
    environment.users.fault = 'not-received';
    const id = await place();
    environment.users.fault = undefined;
    environment.clock.advance(5000);
    await Promise.all([instance.pending.runOnce(), move(id, 'cancelled')]);
    environment.clock.advance(5000);
    await instance.pending.runOnce();

    expect((await stored(id)).status).toMatch(/cancelled/);
    expect(environment.stock.held.size).toBe(0);
    expect(environment.stock.stockOf('p1')).toBe(10);
  });

  it('reserves no stock for a process whose claim expired before the order was cancelled', async () => {
    environment.users.fault = 'not-received';
    const id = await place();
    environment.users.fault = undefined;
    environment.clock.advance(5000);
    let open: () => void = () => undefined;
    environment.users.gate = new Promise((resolve) => (open = resolve));
    const stalledRun = instance.pending.runOnce();
    await waitFor('the claim', async () => (await instance.work.current(id))!.claim === 2);

    environment.clock.advance(60_000);
    await move(id, 'cancelled');
    expect((await stored(id)).stockRelease).toBe('done');
    open();
    await stalledRun;

    expect(environment.stock.holds).toBe(1);
    expect(environment.stock.held.size).toBe(0);
  });

  it('accepts its own representation with another status, also when the request is repeated', async () => {
    const id = await place();
    const { body: order } = await instance.orders.get(id);
    for (const sent of [order, { ...order, status: 'paid' }, { ...order, status: 'paid' }])
      expect((await change(id, sent)).body.status).toBe(sent.status);
    const otherwise = order.createdAt.replace('Z', '+00:00');
    expect((await change(id, { status: 'shipped', createdAt: otherwise })).body.status).toBe('shipped');
  });

  it('accepts the representation of a pending order after the order was confirmed', async () => {
    environment.stock.outage = 'not-received';
    const id = await place();
    const { body: pending } = await instance.orders.get(id);
    expect(pending).toMatchObject({ total: null, currency: null, items: [{ unitPrice: null }] });
    environment.stock.outage = undefined;
    environment.clock.advance(5000);
    await instance.pending.runOnce();

    expect((await change(id, { ...pending, status: 'paid' })).body).toMatchObject({
      status: 'paid',
      total: 500,
    });
  });

  it.each([
    [{ userId: 'u2' }, 409, '/userId'],
    [{ items: [{ productId: 'p1', quantity: 3 }] }, 409, '/items'],
    [{ items: [{ productId: 'p1', quantity: 2, unitPrice: 1 }] }, 400, '/items/0/unitPrice'],
    [{ id: '01890a5d-ac96-774b-bcce-b302099a8057' }, 400, '/id'],
    [{ createdAt: '2020-01-01T00:00:00.000Z' }, 400, '/createdAt'],
    [{ total: 1 }, 400, '/total'],
    [{ currency: 'KRW' }, 400, '/currency'],
  ])('refuses a change of read-only members: %j', async (member, status, pointer) => {
    const id = await place();
    await expect(change(id, { status: 'paid', ...member })).rejects.toMatchObject({
      status,
      errors: [{ pointer }],
    });
    expect((await stored(id)).status).toBe('confirmed');
  });

  const ofUser = (userId: string, query: OrderListQueryDto) =>
    instance.orders.listOfUser(userId, query, 'r-1');

  it('responds 404 for an unknown user without orders, but not for a deleted user or while the user service is down', async () => {
    await place('u1');
    for (const userId of ['u1', 'u2']) environment.users.unknown.add(userId);
    expect((await ofUser('u1', { limit: 50 })).items).toHaveLength(1);
    await expect(ofUser('u2', { limit: 50 })).rejects.toMatchObject({ status: 404, code: 'not-found' });
    environment.users.fault = 'not-received';
    expect((await ofUser('u2', { limit: 50 })).items).toEqual([]);
  });

  it('lists all orders, and those of one user, page by page in order of creation', async () => {
    const ordersOfUser = [await place('u1'), await place('u1'), await place('u1')];
    await place('u2');
    const first = await ofUser('u1', { limit: 2 });
    const second = await ofUser('u1', { limit: 2, cursor: first.nextCursor! });

    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ordersOfUser);
    expect(second.nextCursor).toBeNull();
    expect((await instance.orders.list({ limit: 50 })).items).toHaveLength(4);
    expect((await ofUser('u3', { limit: 50 })).items).toEqual([]);
  });

  it.each(['nothing', '\0', '../users', '00000000-0000-0000-0000-000000000000'])(
    'responds 404 for the order id %j',
    async (id) => {
      await expect(instance.orders.get(id)).rejects.toMatchObject({ status: 404 });
    },
  );
});
