import { Preconditions } from '#service-kit';
import type { OrderDto } from '#shop-contracts';
import { onBothStores, waitFor } from '#testing';
import { createTestInstance, TestEnvironment, type TestInstance } from '../testing/test-instance.js';

const BODY: OrderDto = { userId: 'u1', items: [{ productId: 'p1', quantity: 3 }] };
const STOCK = 10;
const CLAIM_MS = 6000;

/** A promise that `open` fulfils. */
function createGate(): { readonly closed: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => (open = resolve));
  return { closed, open };
}

onBothStores('a claim on an order', (store) => {
  let environment: TestEnvironment;
  let instance: TestInstance;
  /** A second instance of the service on the same store. */
  let other: TestInstance;

  beforeEach(async () => {
    const storage = await store.createStorage();
    environment = new TestEnvironment();
    environment.stock.products.set('p1', { stock: STOCK, unitPrice: 250, currency: 'EUR' });
    instance = await createTestInstance(storage, environment);
    other = await createTestInstance(storage, environment);
  });

  afterEach(async () => {
    await expectConserved();
    await instance.database.destroy();
    await other.database.destroy();
  });

  const place = (key?: string) => instance.placement.place({ body: BODY, key, requestId: 'r-1' });
  const rows = () => instance.database.selectFrom('orders').selectAll().execute();
  const becomesUnknown = () => environment.users.unknown.add('u1');

  /**
   * Checks that stock plus units of confirmed orders equals the initial stock, and that no other order has
   * a reservation.
   */
  async function expectConserved(): Promise<void> {
    const confirmed = (await rows()).filter(({ status }) => status === 'confirmed').map(({ id }) => id);
    expect([...environment.stock.held.keys()]).toEqual(confirmed);
    expect(environment.stock.stockOf('p1')).toBe(STOCK - 3 * confirmed.length);
  }

  /** An instance that stalls in its first call until `resume`, and whose claim has expired. */
  async function stalledPlacement(key?: string) {
    const gate = createGate();
    environment.users.gate = gate.closed;
    const placement = place(key);
    await waitFor('the order', async () => (await rows()).length === 1);
    environment.users.gate = Promise.resolve();
    environment.clock.advance(CLAIM_MS);
    return { placement, resume: () => gate.open() };
  }

  it.each(['response-lost', 'crash'] as const)(
    'releases an earlier attempt’s reservation when a later attempt is refused (%s)',
    async (fault) => {
      environment.stock.faults = [fault];
      await place().catch(() => undefined);
      expect(environment.stock.stockOf('p1')).toBe(STOCK - 3);

      becomesUnknown();
      environment.clock.advance(CLAIM_MS);
      await instance.pending.runOnce();

      expect(await rows()).toMatchObject([{ status: 'rejected', stock_release: 'done', attempt_at: null }]);
      expect(environment.stock.stockOf('p1')).toBe(STOCK);
    },
  );

  it('does not refuse an order after it expired: the client gets the order that another instance confirmed', async () => {
    const { placement, resume } = await stalledPlacement('k');
    await other.pending.runOnce();
    becomesUnknown();
    resume();

    expect(await placement).toMatchObject({ status: 201, order: { status: 'confirmed' } });
    expect(await place('k')).toMatchObject({ status: 201, order: { status: 'confirmed' }, replayed: true });
  });

  it('accepts no repeated request after it expired while the first request may still refuse the order', async () => {
    const { placement, resume } = await stalledPlacement('k');
    const retry = await place('k').catch((error: unknown) => error);
    becomesUnknown();
    resume();

    await expect(placement).rejects.toMatchObject({ code: 'unknown-user' });
    expect(await rows()).toEqual([]);
    expect(retry).toMatchObject({ code: 'idempotency-conflict', headers: { 'retry-after': '1' } });
    await expect(place('k')).rejects.toMatchObject({ code: 'unknown-user' });
  });

  it('does not withdraw an order after it expired while another instance works on it', async () => {
    const { placement, resume } = await stalledPlacement('k');
    const response = createGate();
    environment.stock.gate = response.closed;
    const finishing = other.pending.runOnce();
    await waitFor('the reservation', () => environment.stock.held.size === 1);
    becomesUnknown();
    resume();
    expect(await placement).toMatchObject({ status: 202, order: { status: 'pending' } });

    response.open();
    await finishing;
    expect(await rows()).toMatchObject([{ status: 'confirmed' }]);
  });

  it('does not end the claim of another instance after it expired', async () => {
    const { placement, resume } = await stalledPlacement();
    const gate = createGate();
    environment.users.gate = gate.closed;
    const finishing = other.pending.runOnce();
    await waitFor('the claim', async () => (await rows())[0]!.claimed_until > 1_800_000_000_000 + CLAIM_MS);
    environment.users.fault = 'not-received';
    resume();
    expect(await placement).toMatchObject({ status: 202 });
    expect(await rows()).toMatchObject([{ attempts: 0, status_reason: null }]);

    environment.users.fault = undefined;
    gate.open();
    await finishing;
    expect(await rows()).toMatchObject([{ status: 'confirmed' }]);
  });

  it('does not confirm an order that was cancelled meanwhile, and releases its stock', async () => {
    const gate = createGate();
    environment.stock.gate = gate.closed;
    const placement = place('k');
    await waitFor('the reservation', () => environment.stock.held.size === 1);
    const [row] = await rows();
    await other.orders.move(row!.id, 'cancelled', Preconditions.NONE);
    gate.open();

    expect(await placement).toMatchObject({ order: { status: 'cancelled' } });
    expect(await rows()).toMatchObject([{ stock_release: 'done', attempt_at: null }]);
  });

  it('does not refuse an order that was cancelled meanwhile', async () => {
    const gate = createGate();
    environment.users.gate = gate.closed;
    const placement = place('k');
    await waitFor('the order', async () => (await rows()).length === 1);
    const [row] = await rows();
    await other.orders.move(row!.id, 'cancelled', Preconditions.NONE);
    becomesUnknown();
    gate.open();

    expect(await placement).toMatchObject({ order: { status: 'cancelled' } });
    expect(await place('k')).toMatchObject({ order: { status: 'cancelled' }, replayed: true });
  });

  it('releases the reservation of an order whose row was deleted', async () => {
    const { placement, resume } = await stalledPlacement();
    const response = createGate();
    environment.stock.gate = response.closed;
    const finishing = other.pending.runOnce();
    await waitFor('the reservation', () => environment.stock.held.size === 1);
    await instance.database.deleteFrom('orders').execute();
    response.open();
    await finishing;

    expect(environment.stock.stockOf('p1')).toBe(STOCK);
    resume();
    await expect(placement).rejects.toMatchObject({ code: 'stock-given-back' });
  });
});
