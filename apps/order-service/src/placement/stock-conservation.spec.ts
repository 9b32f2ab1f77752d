import fc from 'fast-check';
import { Preconditions } from '#service-kit';
import { tempDir } from '#testing';
import type { Fault } from '../testing/fake-neighbours.js';
import { createTestInstance, TestEnvironment, type TestInstance } from '../testing/test-instance.js';

const INITIAL = 20;
const STATUSES_WITH_STOCK = ['confirmed', 'paid', 'shipped', 'delivered'];

type Step =
  | { readonly kind: 'place'; readonly quantity: number; readonly mixed: boolean; readonly times: number }
  | { readonly kind: 'move'; readonly order: number; readonly to: 'paid' | 'shipped'; readonly times: number }
  | { readonly kind: 'cancel'; readonly order: number; readonly times: number }
  | { readonly kind: 'faults'; readonly faults: readonly (Fault | undefined)[] }
  | { readonly kind: 'user'; readonly isKnown: boolean }
  | { readonly kind: 'wait'; readonly ms: number };

const times = fc.integer({ min: 1, max: 3 });
const order = fc.nat(20);
const fault = fc.constantFrom<Fault | undefined>(undefined, 'not-received', 'response-lost', 'crash');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('place' as const),
    quantity: fc.integer({ min: 1, max: 8 }),
    mixed: fc.boolean(),
    times,
  }),
  fc.record({
    kind: fc.constant('move' as const),
    order,
    to: fc.constantFrom('paid' as const, 'shipped' as const),
    times,
  }),
  fc.record({ kind: fc.constant('cancel' as const), order, times }),
  fc.record({ kind: fc.constant('faults' as const), faults: fc.array(fault, { maxLength: 4 }) }),
  fc.record({ kind: fc.constant('user' as const), isKnown: fc.boolean() }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(100, 1500, 7000) }),
);

/** The steps of one row run concurrently. */
const scenario = fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 10 });

class Shop {
  private keys = 0;
  readonly environment = new TestEnvironment();
  readonly acknowledged: string[] = [];

  constructor(private readonly instance: TestInstance) {}

  static async open(dataDir: string): Promise<Shop> {
    const environment = new TestEnvironment();
    const shop = new Shop(
      await createTestInstance({ databaseUrl: undefined, dataDir, sync: 'normal' }, environment),
    );
    Object.assign(shop, { environment });
    environment.stock.products.set('p1', { stock: INITIAL, unitPrice: 1, currency: 'EUR' });
    environment.stock.products.set('won', { stock: INITIAL, unitPrice: 1, currency: 'KRW' });
    return shop;
  }

  async play(step: Step): Promise<void> {
    if (step.kind === 'faults') this.environment.stock.faults = [...step.faults];
    else if (step.kind === 'user') this.setUser(step);
    else if (step.kind === 'wait') await this.wait(step.ms);
    else if (step.kind === 'place') await this.place(step);
    else await this.move(step.order, step.kind === 'cancel' ? 'cancelled' : step.to, step.times);
  }

  /** Removes all faults and advances the clock until all work is completed. */
  async settle(): Promise<void> {
    this.environment.stock.faults = [];
    for (let second = 0; second < 10; second += 1) await this.wait(7000);
  }

  rows() {
    return this.instance.database.selectFrom('orders').selectAll().execute();
  }

  close() {
    return this.instance.database.destroy();
  }

  private async wait(ms: number): Promise<void> {
    this.environment.clock.advance(ms);
    await Promise.all([this.instance.pending.runOnce(), this.instance.pending.runOnce()]);
  }

  private setUser({ isKnown }: Extract<Step, { kind: 'user' }>): void {
    if (isKnown) this.environment.users.unknown.delete('u1');
    else this.environment.users.unknown.add('u1');
  }

  private async place({ quantity, mixed, times }: Extract<Step, { kind: 'place' }>): Promise<void> {
    const key = `k${++this.keys}`;
    const products = mixed ? ['p1', 'won'] : ['p1'];
    const body = { userId: 'u1', items: products.map((productId) => ({ productId, quantity })) };
    const request = { body, key, requestId: 'r' };
    const outcomes = await Promise.allSettled(
      Array.from({ length: times }, () => this.instance.placement.place(request)),
    );
    for (const outcome of outcomes)
      if (outcome.status === 'fulfilled') this.acknowledged.push(outcome.value.order.id);
  }

  private async move(order: number, to: 'paid' | 'shipped' | 'cancelled', times: number): Promise<void> {
    const { items } = await this.instance.orders.list({ limit: 200 });
    const id = items[order % Math.max(1, items.length)]?.id;
    if (id === undefined) return;
    await Promise.allSettled(
      Array.from({ length: times }, () => this.instance.orders.move(id, to, Preconditions.NONE)),
    );
  }
}

describe('stock', () => {
  const directory = tempDir();
  afterAll(() => directory.remove());
  let runs = 0;

  it('is conserved under any client actions and failures of the called services', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (rows) => {
        const shop = await Shop.open(`${directory.path}/${++runs}`);
        try {
          for (const steps of rows) await Promise.all(steps.map((one) => shop.play(one)));
          await shop.settle();
          await expectConserved(shop);
        } finally {
          await shop.close();
        }
      }),
      { numRuns: 60 },
    );
  });
});

async function expectConserved(shop: Shop): Promise<void> {
  const { stock } = shop.environment;
  const rows = await shop.rows();
  const reserved = [...stock.held.values()].flat();
  const reservedOf = (productId: string) =>
    reserved.filter((item) => item.productId === productId).reduce((sum, item) => sum + item.quantity, 0);

  for (const productId of ['p1', 'won'])
    expect(stock.stockOf(productId) + reservedOf(productId)).toBe(INITIAL);
  const expected = rows.filter(({ status }) => STATUSES_WITH_STOCK.includes(status)).map(({ id }) => id);
  expect([...stock.held.keys()].sort()).toEqual(expected.sort());
  expect(rows.filter((row) => row.attempt_at !== null || row.withdrawn === 1)).toEqual([]);
  const ids = new Set(rows.map(({ id }) => id));
  expect(shop.acknowledged.filter((id) => !ids.has(id))).toEqual([]);
}
