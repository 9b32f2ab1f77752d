import fc from 'fast-check';
import type { RateLimit } from '../../../policy/members/rate-limits.js';
import { RateLimiter } from './rate-limiter.js';
import { SharedLimits, type Charge, type Charged, type LimitStore } from './shared-limits.js';

const limitOf = (requests: number, burst: number): RateLimit => ({
  name: 'a',
  requests,
  per: 1000,
  burst,
  key: { from: 'service' },
  cost: 1,
  shared: true,
  shadow: false,
  onStoreDown: 'local',
});

/** A store like `charge.lua`, whose clock and latency a spec sets. */
class ModelStore implements LimitStore {
  isAvailable = true;
  latencyMs = 1;
  /** Difference of the store's clock to that of the gateways. */
  clockMs = 0;
  private readonly values = new Map<string, { debt: number; at: number }>();

  private readonly listeners: ((debts: ReadonlyMap<string, number>) => void)[] = [];

  constructor(private readonly now: () => number) {}

  /** Own charges are told too: they change nothing. */
  onCharged(listener: (debts: ReadonlyMap<string, number>) => void): void {
    this.listeners.push(listener);
  }

  async charge(charges: readonly Charge[]): Promise<Charged> {
    await sleep(this.latencyMs / 2);
    if (!this.isAvailable) throw new Error('down');
    const now = this.now() + this.clockMs;
    const debts = charges.map(({ key, cost, least, drainPerMs }) => {
      const { debt, at } = this.values.get(key) ?? { debt: 0, at: now };
      const drained = debt - Math.max(0, now - at) * drainPerMs;
      const value = Math.max(0, Math.max(drained, least) + cost);
      this.values.set(key, { debt: value, at: now });
      return value;
    });
    await sleep(this.latencyMs / 2);
    const byKey = new Map(charges.map(({ key }, i) => [key, debts[i]!]));
    for (const listener of this.listeners) listener(byKey);
    return { debts, gateways: 2 };
  }

  forget(): void {
    this.values.clear();
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const request = { clientAddress: '10.0.0.1', identity: undefined, header: () => undefined };

/** Gateways that share a limit and get as many requests as come, on a simulated clock. */
class Fleet {
  readonly store: ModelStore;
  admitted = 0;
  private readonly limiters: readonly RateLimiter[];

  constructor(limit: RateLimit, gateways = 2) {
    this.store = new ModelStore(() => Date.now());
    this.limiters = Array.from({ length: gateways }, () => {
      const sharing = new SharedLimits(this.store, () => Date.now());
      return new RateLimiter({ service: 'users', route: undefined }, limit, sharing);
    });
  }

  /** Sends a request to one gateway and waits until the others know of it. */
  async sendTo(gateway: number): Promise<boolean> {
    const before = this.admitted;
    this.send(this.limiters[gateway]!);
    await jest.advanceTimersByTimeAsync(20);
    return this.admitted > before;
  }

  /** Sends one request per millisecond to each gateway. Returns how many were admitted. */
  async run(ms: number, share = 1): Promise<number> {
    const before = this.admitted;
    for (let i = 0; i < ms; i += 1) {
      await jest.advanceTimersByTimeAsync(1);
      for (const limiter of this.limiters.slice(0, Math.ceil(this.limiters.length * share)))
        this.send(limiter);
    }
    return this.admitted - before;
  }

  private send(limiter: RateLimiter): void {
    const bucket = limiter.bucketOf(request, Date.now());
    if (limiter.verdictOn(bucket) !== 'admitted') return;
    limiter.charge(bucket);
    this.admitted += 1;
  }
}

describe('Gateways that share a limit', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it.each([
    [100, 10, 1],
    [100, 100, 1],
    [900, 10, 1],
    [200, 1, 1],
    [500, 50, 8],
    [10, 10, 30],
  ])(
    'admit %d per second with a burst of %d, if the store responds in %d ms',
    async (requests, burst, latencyMs) => {
      const fleet = new Fleet(limitOf(requests, burst));
      fleet.store.latencyMs = latencyMs;
      await fleet.run(3000);
      const seconds = 10;
      expect((await fleet.run(seconds * 1000)) / (requests * seconds)).toBeCloseTo(1, 1.3);
    },
  );

  it('admit the rate over any time, whatever happens to the store', async () => {
    const event = fc.record({
      kind: fc.constantFrom('outage', 'data loss', 'clock forward', 'clock back', 'stall', 'one gateway'),
      ms: fc.integer({ min: 1, max: 900 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(20, 200),
        fc.array(event, { minLength: 1, maxLength: 4 }),
        async (burst, events) => {
          const fleet = new Fleet(limitOf(200, burst));
          await fleet.run(1500);
          let [admitted, ms] = [0, 0];
          for (const { kind, ms: duration } of events) {
            if (kind === 'outage') fleet.store.isAvailable = false;
            if (kind === 'data loss') fleet.store.forget();
            if (kind === 'clock forward') fleet.store.clockMs += 3_600_000;
            if (kind === 'clock back') fleet.store.clockMs -= 3_600_000;
            if (kind === 'stall') fleet.store.latencyMs = 2 * duration;
            admitted += await fleet.run(duration, kind === 'one gateway' ? 0.5 : 1);
            Object.assign(fleet.store, { isAvailable: true, latencyMs: 1 });
            admitted += await fleet.run(1500);
            ms += duration + 1500;
          }
          const extra = admitted - (200 * ms) / 1000;
          expect(extra).toBeGreaterThan(-10);
          // What a tenth of a second admits, at both gateways: no gateway is certain of newer charges.
          expect(extra).toBeLessThan(45 * events.length);
        },
      ),
      { numRuns: 15 },
    );
  }, 60_000);

  it('divide the limit while the store is away', async () => {
    const fleet = new Fleet(limitOf(200, 20));
    await fleet.run(1000);
    fleet.store.isAvailable = false;
    expect((await fleet.run(5000)) / 1000).toBeCloseTo(1, 1.3);
  });

  it('count a client that goes from one to the other', async () => {
    const fleet = new Fleet({ ...limitOf(3, 3), per: 3_600_000 });
    const admitted: boolean[] = [];
    for (const gateway of [0, 0, 1, 1, 0, 1]) admitted.push(await fleet.sendTo(gateway));
    expect(admitted).toEqual([true, true, true, false, false, false]);
  });

  it('never wait for the store, and stay within the limit while it is slow', async () => {
    const fleet = new Fleet(limitOf(100, 10));
    await fleet.run(1000);
    fleet.store.latencyMs = 5000;
    const admitted = await fleet.run(5000);
    expect(admitted).toBeGreaterThan(450);
    expect(admitted).toBeLessThan(550);
  });
});
