import { sql } from 'kysely';
import { Preconditions } from '#service-kit';
import type { OrderDto } from '#shop-contracts';
import { onBothStores } from '#testing';
import { Crash } from '../testing/fake-neighbours.js';
import { createTestInstance, TestEnvironment, type TestInstance } from '../testing/test-instance.js';
import { MAX_PLACEMENTS_IN_FLIGHT } from './placement.service.js';

const body = (quantity = 1, productId = 'p1', userId = 'u1'): OrderDto => ({
  userId,
  items: [{ productId, quantity }],
});
const QUERY = { limit: 200 };

onBothStores('placing orders', (store) => {
  let environment: TestEnvironment;
  let instance: TestInstance;
  /** A second instance of the service on the same store. */
  let other: TestInstance;

  beforeEach(async () => {
    const storage = await store.createStorage();
    environment = new TestEnvironment();
    environment.stock.products.set('p1', { stock: 10, unitPrice: 250, currency: 'EUR' });
    environment.stock.products.set('won', { stock: 10, unitPrice: 9900, currency: 'KRW' });
    instance = await createTestInstance(storage, environment);
    other = await createTestInstance(storage, environment);
  });

  afterEach(async () => {
    await instance.database.destroy();
    await other.database.destroy();
  });

  const place = (dto = body(), key?: string, at = instance) =>
    at.placement.place({ body: dto, key, requestId: 'r-1' });
  const listed = async () => (await instance.orders.list(QUERY)).items;
  const stored = async (id: string) => (await instance.repository.find(id))!;
  const rows = async () => instance.database.selectFrom('orders').selectAll().execute();

  it('confirms an order when the user exists and the stock is reserved, with the reserved prices and names', async () => {
    const { status, order } = await place(body(3));

    expect(status).toBe(201);
    expect(order).toMatchObject({ status: 'confirmed', statusReason: null, total: 750, currency: 'EUR' });
    expect(order.items).toEqual([{ productId: 'p1', quantity: 3, unitPrice: 250, name: 'name of p1' }]);
    expect(environment.stock.stockOf('p1')).toBe(7);
    expect(await rows()).toMatchObject([{ attempt_at: null }]);
  });

  it.each([
    ['an unknown user', body(1, 'p1', 'unknown'), 'unknown-user'],
    ['an unknown product', body(1, 'nothing'), 'unknown-product'],
    ['too little stock', body(11), 'insufficient-stock'],
  ])('leaves nothing of an order that is refused for %s', async (_why, dto, code) => {
    environment.users.unknown.add('unknown');

    await expect(place(dto)).rejects.toMatchObject({ code });
    expect(await rows()).toEqual([]);
    expect(environment.stock.stockOf('p1')).toBe(10);
  });

  const mixed: OrderDto = {
    userId: 'u1',
    items: [
      { productId: 'p1', quantity: 1 },
      { productId: 'won', quantity: 1 },
    ],
  };

  it('releases the stock of an order in two currencies and deletes the order', async () => {
    await expect(place(mixed)).rejects.toMatchObject({ code: 'mixed-currencies', status: 422 });

    expect(await rows()).toEqual([]);
    expect(environment.stock.held.size).toBe(0);
  });

  it('hides a refused order while its stock cannot be released, and releases it later', async () => {
    environment.stock.faults = [undefined, 'not-received'];

    await expect(place(mixed)).rejects.toMatchObject({ code: 'mixed-currencies' });
    expect(environment.stock.held.size).toBe(1);
    const [row] = await rows();
    expect(await listed()).toEqual([]);
    await expect(instance.orders.get(row!.id)).rejects.toMatchObject({ status: 404 });

    environment.clock.advance(1000);
    await instance.pending.runOnce();
    expect(environment.stock.held.size).toBe(0);
    expect(await rows()).toEqual([]);
  });

  it.each(['not-received', 'response-lost'] as const)(
    'accepts an order as pending while the product service fails (%s), and completes it once',
    async (fault) => {
      environment.stock.outage = fault;
      const { status, order } = await place(body(2));
      expect(status).toBe(202);
      expect(order).toMatchObject({ status: 'pending', total: null });
      expect(order.statusReason).toContain('product-service cannot be reached');

      await instance.pending.runOnce();
      expect((await stored(order.id)).status).toBe('pending');

      environment.stock.outage = undefined;
      environment.clock.advance(5000);
      await Promise.all([instance.pending.runOnce(), other.pending.runOnce()]);
      expect(await stored(order.id)).toMatchObject({
        status: 'confirmed',
        statusReason: null,
        total: 500,
      });
      expect(environment.stock.stockOf('p1')).toBe(8);
    },
  );

  it('accepts an order while the user service is down, and rejects it later if the user does not exist', async () => {
    environment.users.fault = 'not-received';
    const { status, order } = await place();
    expect(status).toBe(202);

    environment.users.fault = undefined;
    environment.users.unknown.add('u1');
    environment.clock.advance(5000);
    await instance.pending.runOnce();

    const rejected = await stored(order.id);
    expect(rejected).toMatchObject({ status: 'rejected', statusReason: 'user u1 does not exist' });
    expect(environment.stock.stockOf('p1')).toBe(10);
    expect(await rows()).toMatchObject([{ attempt_at: null }]);
  });

  it('rejects a pending order in two currencies and releases its stock', async () => {
    environment.users.fault = 'not-received';
    const { order } = await place(mixed);
    environment.users.fault = undefined;
    environment.clock.advance(5000);
    await instance.pending.runOnce();

    expect(await stored(order.id)).toMatchObject({ status: 'rejected', stockRelease: 'done' });
    expect(environment.stock.held.size).toBe(0);
  });

  it('completes an order whose process crashed after the stock was reserved', async () => {
    environment.stock.faults = ['crash'];
    await expect(place(body(4))).rejects.toBeInstanceOf(Crash);
    const [pending] = await listed();
    expect(pending!.status).toBe('pending');

    await other.pending.runOnce();
    expect((await listed())[0]!.status).toBe('pending');
    environment.clock.advance(6000);
    await other.pending.runOnce();

    expect(await listed()).toMatchObject([{ id: pending!.id, status: 'confirmed', total: 1000 }]);
    expect(environment.stock.stockOf('p1')).toBe(6);
  });

  it('refuses orders above the in-flight limit without storing them, and accepts orders again below it', async () => {
    let open: () => void = () => undefined;
    environment.users.gate = new Promise((resolve) => (open = resolve));
    const accepted = Array.from({ length: MAX_PLACEMENTS_IN_FLIGHT }, () => place());

    await expect(place(body(), 'k')).rejects.toMatchObject({
      status: 503,
      code: 'overloaded',
      headers: { 'retry-after': '1' },
    });
    open();
    const outcomes = await Promise.allSettled(accepted);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    expect(await rows()).toHaveLength(10);
    await expect(place(body(), 'k')).rejects.toMatchObject({ code: 'insufficient-stock' });
  });

  it('completes any number of pending orders in one pass, with bounded concurrency', async () => {
    environment.stock.products.set('p1', { stock: 200, unitPrice: 250, currency: 'EUR' });
    environment.stock.outage = 'not-received';
    for (let order = 0; order < 120; order += 1) await place();
    environment.stock.outage = undefined;
    environment.clock.advance(5000);
    await instance.pending.runOnce();

    expect((await listed()).filter(({ status }) => status === 'confirmed')).toHaveLength(120);
    expect(environment.stock.maxConcurrent).toBeGreaterThan(1);
    expect(environment.stock.maxConcurrent).toBeLessThanOrEqual(16);
  });

  /** Fills the table as after some days of use, and lets the database update its statistics. */
  async function storeFinishedOrders(count: number): Promise<void> {
    const { order } = await place();
    const [stored] = await rows();
    // The store computes this column.
    const { sort_total: _computed, ...row } = stored! as typeof stored & { readonly sort_total: number };
    const finished = Array.from({ length: count }, (_, n) => ({ ...row, id: `${order.id}-${n}` }));
    await instance.database.insertInto('orders').values(finished).execute();
    await sql`analyze orders`.execute(instance.database);
  }

  it('keeps the concurrency of a pass bounded when most orders in the table are finished', async () => {
    environment.stock.products.set('p1', { stock: 200, unitPrice: 250, currency: 'EUR' });
    await storeFinishedOrders(500);
    environment.stock.outage = 'not-received';
    for (let order = 0; order < 120; order += 1) await place();
    environment.stock.outage = undefined;
    environment.clock.advance(5000);
    await instance.pending.runOnce();

    expect((await rows()).filter(({ status }) => status === 'pending')).toEqual([]);
    expect(environment.stock.maxConcurrent).toBeLessThanOrEqual(16);
  });

  it('ends a pass early while a called service is down', async () => {
    environment.stock.outage = 'not-received';
    for (let order = 0; order < 60; order += 1) await place();
    environment.clock.advance(5000);
    const before = environment.stock.holds;
    await instance.pending.runOnce();

    expect(environment.stock.holds - before).toBeGreaterThanOrEqual(16);
    expect(environment.stock.holds - before).toBeLessThan(32);
  });

  it('lets only one instance at a time work on an order', async () => {
    environment.users.fault = 'not-received';
    await place();
    environment.users.fault = undefined;
    environment.clock.advance(5000);
    await Promise.all([instance.pending.runOnce(), other.pending.runOnce(), instance.pending.runOnce()]);

    expect(environment.stock.holds).toBe(1);
  });

  it('waits longer after each failed attempt', async () => {
    environment.stock.outage = 'not-received';
    const { order } = await place();
    const waits = [];
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const [row] = await rows();
      waits.push(row!.attempt_at! - environment.clock.at);
      environment.clock.advance(5000);
      await instance.pending.runOnce();
    }

    expect(waits[0]).toBeLessThanOrEqual(1000);
    expect(waits[3]).toBeGreaterThanOrEqual(2500);
    expect((await stored(order.id)).version).toBe(2);
  });

  describe('with an Idempotency-Key', () => {
    it('replays the first response to a repeated request and creates no second order', async () => {
      const first = await place(body(), 'k');
      await instance.orders.move(first.order.id, 'paid', Preconditions.NONE);
      const again = await place(body(), 'k', other);

      expect(again).toEqual({ ...first, replayed: true });
      expect(await listed()).toHaveLength(1);
      expect(environment.stock.stockOf('p1')).toBe(9);
    });

    it('replays a refusal too, even when the stock is available again', async () => {
      await expect(place(body(11), 'k')).rejects.toMatchObject({ code: 'insufficient-stock' });
      environment.stock.products.get('p1')!.stock = 100;

      await expect(place(body(11), 'k')).rejects.toMatchObject({
        code: 'insufficient-stock',
        extensions: { productId: 'p1' },
        headers: { 'idempotency-replayed': 'true' },
      });
      expect(await rows()).toEqual([]);
    });

    it('refuses the key for another body', async () => {
      await place(body(1), 'k');

      await expect(place(body(2), 'k')).rejects.toMatchObject({
        status: 422,
        code: 'idempotency-key-reused',
      });
    });

    it('creates one order for many concurrent repetitions on all instances', async () => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, (_, n) => place(body(), 'k', n % 2 ? instance : other)),
      );

      const orders = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value.order.id] : []));
      const refusals = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
      expect(new Set(orders).size).toBe(1);
      for (const refusal of refusals)
        expect(refusal).toMatchObject({ status: 409, code: 'idempotency-conflict' });
      expect(await listed()).toHaveLength(1);
      expect(environment.stock.stockOf('p1')).toBe(9);
    });

    it('does not block the key after a crash in flight', async () => {
      environment.stock.faults = ['crash'];
      await expect(place(body(), 'k')).rejects.toBeInstanceOf(Crash);
      await expect(place(body(), 'k')).rejects.toMatchObject({
        code: 'idempotency-conflict',
        headers: { 'retry-after': '1' },
      });

      environment.clock.advance(6000);
      // Whether the process crashed or only stalled is unknown until another process claims the order.
      await expect(place(body(), 'k')).rejects.toMatchObject({ code: 'idempotency-conflict' });
      environment.users.fault = 'not-received';
      await instance.pending.runOnce();
      expect(await place(body(), 'k')).toMatchObject({ status: 202, order: { status: 'pending' } });
      environment.users.fault = undefined;
      environment.clock.advance(5000);
      await instance.pending.runOnce();
      expect(await place(body(), 'k')).toMatchObject({ status: 201, order: { status: 'confirmed' } });
      expect(environment.stock.stockOf('p1')).toBe(9);
    });

    it('expires the key after 24 hours', async () => {
      await place(body(), 'k');
      environment.clock.advance(24 * 60 * 60 * 1000 - 1);
      expect((await place(body(), 'k')).replayed).toBe(true);
      environment.clock.advance(1);
      expect((await place(body(2), 'k')).replayed).toBe(false);

      await place(body(), 'purged');
      environment.clock.advance(24 * 60 * 60 * 1000);
      await instance.requests.purge();
      expect(await instance.requests.find({ key: 'purged', fingerprint: '' })).toBeUndefined();
    });
  });
});
