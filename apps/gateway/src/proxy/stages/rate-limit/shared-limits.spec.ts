import fc from 'fast-check';
import { ModelFleet, sharedLimit } from './testing/model-fleet.js';

const SECONDS = 30;
const LOADS = {
  'two gateways': [1000, 1000],
  'two gateways, one with most of the load': [1000, 70],
  'four gateways': [1000, 1000, 1000, 1000],
  'four gateways, one with most of the load': [1000, 90, 20, 10],
  'one of two gateways alone': [1000, 0],
};

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe.each(Object.entries(LOADS))('%s with a store that responds late', (_name, load) => {
  it.each([0, 10, 100, 500, 900].flatMap((ms) => [1, 20, 1000].map((burst) => [ms, burst] as const)))(
    'admit the rate within 5 % after %d ms, with a burst of %d',
    async (ms, burst) => {
      const limit = sharedLimit({ requests: 100, burst });
      const fleet = new ModelFleet(limit, load.length);
      fleet.server.delays = { requestMs: ms / 2, responseMs: ms / 2 };
      const exact = limit.requests * SECONDS + burst;
      const admitted = await fleet.run(SECONDS * 1000, load);
      expect(admitted / exact).toBeGreaterThan(0.95);
      expect(admitted / exact).toBeLessThan(1.05);
    },
  );
});

describe('A store that responds late', () => {
  it.each([
    ['requests', { requestMs: 900, responseMs: 0 }],
    ['responses', { requestMs: 0, responseMs: 900 }],
  ])('may delay %s alone', async (_what, delays) => {
    const fleet = new ModelFleet(sharedLimit({ requests: 400, burst: 100 }));
    await fleet.run(2000, [1000, 1000]);
    fleet.server.delays = delays;
    expect((await fleet.run(20_000, [1000, 1000])) / 8000).toBeCloseTo(1, 1.3);
    fleet.server.delays = { requestMs: 1, responseMs: 0 };
    expect((await fleet.run(5000, [1000, 1000])) / 2000).toBeCloseTo(1, 1.3);
  });

  it('bounds what is admitted in any time, whatever the load', async () => {
    const phase = fc.record({
      load: fc.array(fc.constantFrom(0, 50, 500, 3000), { minLength: 4, maxLength: 4 }),
      ms: fc.integer({ min: 1, max: 2000 }),
    });
    const round = fc.record({
      burst: fc.constantFrom(1, 20, 500),
      latencyMs: fc.constantFrom(100, 500, 900),
      phases: fc.array(phase, { minLength: 3, maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(round, async ({ burst, latencyMs, phases }) => {
        const fleet = new ModelFleet(sharedLimit({ requests: 100, burst }), 4);
        fleet.server.delays = { requestMs: latencyMs / 2, responseMs: latencyMs / 2 };
        const unknown = (100 * 2 * (latencyMs + 10)) / 1000;
        let [now, lowest] = [0, 0];
        for (const { load, ms } of phases)
          for (const end = now + ms; now < end;) {
            await fleet.run(1, load);
            now += 1;
            const surplus = fleet.admitted - (100 * now) / 1000;
            lowest = Math.min(lowest, surplus);
            expect(surplus - lowest).toBeLessThanOrEqual(unknown + 4 * (burst + unknown));
          }
      }),
      { numRuns: 10 },
    );
  });

  it('leaves a client that uses one gateway its burst and its rate', async () => {
    const fleet = new ModelFleet(sharedLimit({ requests: 10, burst: 10 }));
    fleet.server.delays = { requestMs: 450, responseMs: 450 };
    for (let second = 0; second < 10; second += 1) {
      for (let i = 0; i < 10; i += 1) expect(fleet.send(0)).toBe(true);
      expect(fleet.send(0)).toBe(false);
      await fleet.pass(1000);
    }
  });

  it('makes gateways repay in the next seconds what they admitted before they knew of each other', async () => {
    const fleet = new ModelFleet(sharedLimit({ requests: 100, burst: 100 }), 4);
    fleet.server.delays = { requestMs: 450, responseMs: 450 };
    const load = [1000, 1000, 1000, 1000];
    const perSecond: number[] = [];
    for (let i = 0; i < 8; i += 1) perSecond.push(await fleet.run(1000, load));
    // Each the burst, and the rate until the first response.
    expect(perSecond[0]).toBeGreaterThan(400);
    expect(perSecond[0]).toBeLessThanOrEqual(4 * 200);
    expect(perSecond[1]).toBeLessThan(50);
    expect(perSecond.reduce((sum, each) => sum + each)).toBeLessThan(1.05 * (100 + 8 * 100));
  });

  it('hears of thousands of keys at a time', async () => {
    const fleet = new ModelFleet(sharedLimit({ requests: 1, per: 3_600_000, burst: 1 }));
    fleet.server.delays = { requestMs: 250, responseMs: 250 };
    const keys = Array.from({ length: 4000 }, (_, i) => `client-${i}`);
    expect(keys.filter((key) => fleet.send(0, key))).toHaveLength(4000);
    await fleet.pass(600);
    expect(keys.filter((key) => fleet.send(1, key))).toEqual([]);
  });
});

describe('Gateways that share a limit', () => {
  const LOAD = [1000, 1000];

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
          const fleet = new ModelFleet(sharedLimit({ requests: 200, burst }));
          const { server } = fleet;
          await fleet.run(1500, LOAD);
          let [admitted, ms] = [0, 0];
          for (const { kind, ms: duration } of events) {
            if (kind === 'outage') server.isAvailable = false;
            if (kind === 'data loss') server.forget();
            if (kind === 'clock forward') server.clockMs += 3_600_000;
            if (kind === 'clock back') server.clockMs -= 3_600_000;
            if (kind === 'stall') server.delays = { requestMs: duration, responseMs: duration };
            admitted += await fleet.run(duration, kind === 'one gateway' ? [1000, 0] : LOAD);
            server.isAvailable = true;
            server.delays = { requestMs: 1, responseMs: 0 };
            admitted += await fleet.run(1500, LOAD);
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
    const fleet = new ModelFleet(sharedLimit({ requests: 200, burst: 20 }));
    await fleet.run(1000, LOAD);
    fleet.server.isAvailable = false;
    expect((await fleet.run(5000, LOAD)) / 1000).toBeCloseTo(1, 1.3);
  });

  it('count a client that goes from one to the other', async () => {
    const fleet = new ModelFleet(sharedLimit({ requests: 3, burst: 3, per: 3_600_000 }));
    const admitted: boolean[] = [];
    for (const gateway of [0, 0, 1, 1, 0, 1]) {
      admitted.push(fleet.send(gateway));
      await fleet.pass(20);
    }
    expect(admitted).toEqual([true, true, true, false, false, false]);
  });
});
