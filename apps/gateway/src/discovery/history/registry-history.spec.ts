import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { newId } from '#service-kit';
import { withRedis } from '#testing';
import { SystemClock } from '../schedule/clock.js';
import { MemoryStore } from '../store/memory/memory.store.js';
import { changesKey } from '../store/redis/registry-keys.js';
import { RedisStore } from '../store/redis/redis.store.js';
import type { ChangeBatch, RecordedChange } from '../store/registry-store.js';
import { HistoryHarness } from '../testing/history-harness.js';
import { ManualClock } from '../testing/manual-clock.js';
import { HISTORY_LIMITS, type RegistryHistory } from './registry-history.js';

const RETENTION_MS = 60_000;

const id = fc.constantFrom('a', 'b', 'c', 'd');
const health = fc.constantFrom(
  { status: 'up', reason: 'responds' } as const,
  { status: 'down', reason: 'refused' } as const,
);

/** What an operation does to a store. */
type Operation = (harness: HistoryHarness) => Promise<unknown>;

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc
    .record({
      id,
      name: fc.constantFrom('users', 'orders'),
      weight: fc.nat(2),
      zone: fc.constantFrom('x', 'y'),
    })
    .map(
      ({ id: of, zone, ...fields }): Operation =>
        (harness) =>
          harness.register(of, { ...fields, metadata: { zone } }),
    ),
  fc.tuple(id, fc.boolean()).map(
    ([of, isDraining]): Operation =>
      ({ store }) =>
        store.changeState(of, { isDraining }, { type: isDraining ? 'draining' : 'resumed', reason: 'asked' }),
  ),
  fc.tuple(id, health).map(
    ([of, state]): Operation =>
      ({ store }) =>
        store.changeState(of, { health: state }, { type: 'status-changed', reason: state.reason }),
  ),
  id.map(
    (of): Operation =>
      ({ store }) =>
        store.remove(of, 'left'),
  ),
  id.map(
    (of): Operation =>
      ({ store }) =>
        store.recordHeartbeat(of, {}),
  ),
  fc.constant<Operation>(({ store }) => store.sweep()),
);

const onMemory = (limits = HISTORY_LIMITS) => {
  const clock = new ManualClock();
  const harness = new HistoryHarness(new MemoryStore(clock, { retentionMs: RETENTION_MS }), clock, limits);
  harness.history.onApplicationBootstrap();
  return { clock, harness };
};

describe('RegistryHistory', () => {
  it('shows the registry as it was at each time', async () => {
    const { clock, harness } = onMemory();
    const { history, store } = harness;
    const began = clock.now();
    clock.advance(10);
    await harness.register('a');
    clock.advance(10);
    await store.changeState('a', { isDraining: true }, { type: 'draining', reason: 'asked' });
    clock.advance(10);
    await store.remove('a', 'left');
    const statusesAt = (ms: number) => history.at(began + ms).instances.map(({ status }) => status);
    expect([9, 10, 19, 20, 29, 30, 99].map(statusesAt)).toEqual([
      ...[[], ['up'], ['up'], ['draining'], ['draining'], [], []],
    ]);
    expect(history.changes.map(({ type, reason, after }) => [type, reason, after?.status])).toEqual([
      ['registered', 'registered', 'up'],
      ['draining', 'asked', 'draining'],
      ['unregistered', 'left', undefined],
    ]);
    expect([history.oldest, history.newest]).toEqual([began, began + 30]);
  });

  it('names the oldest time if an earlier one is requested', () => {
    const { history } = onMemory().harness;
    const oldest = new Date(history.oldest).toISOString();
    const problemAt = (time: number): unknown => {
      try {
        return history.at(time);
      } catch (error) {
        return error;
      }
    };
    expect(problemAt(history.oldest - 1)).toMatchObject({
      ...{ status: 404, code: 'time-not-recorded', extensions: { oldest } },
    });
  });

  it('knows the names of services that have lost their instances, for as long as the registry does', async () => {
    const { clock, harness } = onMemory();
    await harness.register('a');
    await harness.store.remove('a', 'left');
    const namesAt = (ms: number) => [...harness.history.at(clock.now() + ms).names.all.keys()];
    expect([0, RETENTION_MS - 1, RETENTION_MS].map(namesAt)).toEqual([['users'], ['users'], []]);
  });

  it('begins with the instances of an earlier run', async () => {
    const clock = new ManualClock();
    const earlier = new HistoryHarness(new MemoryStore(clock, { retentionMs: RETENTION_MS }), clock);
    await earlier.register('a');
    const saved = { ...earlier.store.contents, ageMs: 1000 };
    const store = new MemoryStore(clock, { retentionMs: RETENTION_MS, saved });
    const { history } = new HistoryHarness(store, clock);
    store.onModuleInit();
    history.onApplicationBootstrap();
    expect(history.at(history.oldest).instances).toMatchObject([{ id: 'a' }]);
    expect(history.changes).toEqual([]);
  });

  it('begins after the latest gap in the record of the store', async () => {
    const clock = new ManualClock();
    const store = new MemoryStore(clock, { retentionMs: RETENTION_MS });
    const batches: ChangeBatch[] = [];
    store.follow((batch) => batches.push(batch));
    const listeners: ((batch: ChangeBatch) => void)[] = [];
    jest.spyOn(store, 'follow').mockImplementation((listener) => {
      listeners.push(listener);
      return () => undefined;
    });
    const harness = new HistoryHarness(store, clock);
    for (const weight of [1, 2, 3]) {
      await harness.register('a', { weight });
      clock.advance(1);
    }
    const [changes, since] = [batches.flatMap((batch) => batch.changes), 0];
    const [first, second, third] = changes as [RecordedChange, RecordedChange, RecordedChange];
    listeners[0]!({ changes, since, upTo: third.id, gapsBefore: first.id });
    expect(harness.history.oldest).toBe(second.at);
    expect(harness.history.changes.map(({ after }) => after?.weight)).toEqual([2, 3]);
  });

  it('drops the oldest changes beyond its limits, and shows all later times', async () => {
    const { clock, harness } = onMemory({ changes: 10, bytes: Infinity });
    for (let i = 0; i < 35; i += 1) {
      await harness.register(`i${i % 4}`, { weight: i });
      await harness.capture();
      clock.advance(1);
    }
    const { length } = harness.history.changes;
    expect(length).toBeLessThanOrEqual(10);
    // The state before the first change is known too.
    expect(harness.check()).toBe(length + 1);
  });

  it('drops changes that need too much memory', async () => {
    const { clock, harness } = onMemory({ changes: 1000, bytes: 100_000 });
    for (let i = 0; i < 50; i += 1) {
      await harness.register('a', { metadata: { text: 'x'.repeat(5000) + String(i) } });
      clock.advance(1);
    }
    expect(harness.history.changes.length).toBeGreaterThan(10);
    expect(harness.history.changes.length).toBeLessThan(20);
    expect(harness.history.at(clock.now()).instances).toHaveLength(1);
  });

  it('keeps its times in order if the clock is set back', async () => {
    const { clock, harness } = onMemory();
    await harness.register('a');
    const { newest } = harness.history;
    clock.advance(-5000);
    await harness.register('b');
    expect(harness.history.changes.map(({ at }) => at)).toEqual([newest, newest]);
  });

  it('equals the registry at all times, whatever happens to it', async () => {
    const step = fc.tuple(operation, fc.constantFrom(1, 700, 301_000));
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 20, maxLength: 40 }),
        fc.constantFrom(6, 1000),
        async (steps, changes) => {
          const { clock, harness } = onMemory({ changes, bytes: Infinity });
          await harness.capture();
          for (const [operate, ms] of steps) {
            clock.advance(ms);
            await operate(harness);
            await harness.capture();
          }
          expect(harness.check()).toBeGreaterThan(0);
        },
      ),
      { numRuns: 200 },
    );
  });
});

withRedis('RegistryHistory on Redis', (server) => {
  const stores: RedisStore[] = [];
  let redis: Redis;
  beforeAll(() => void (redis = new Redis(server().url)));
  afterAll(() => redis.disconnect());
  afterEach(() => Promise.all(stores.splice(0).map((store) => store.onModuleDestroy())));

  const open = async (prefix: string): Promise<HistoryHarness> => {
    const ignored = () => undefined;
    const listener = { onUnavailable: ignored, onStillUnavailable: ignored, onAvailable: ignored };
    const options = { url: server().url, prefix, gateway: newId(), retentionMs: RETENTION_MS };
    const store = new RedisStore(options, listener);
    stores.push(store);
    const harness = new HistoryHarness(store, new SystemClock());
    await store.onModuleInit();
    harness.history.onApplicationBootstrap();
    return harness;
  };

  it('equals the registry at all times, at each gateway, and at one that starts later', async () => {
    const steps = fc.array(fc.tuple(operation, fc.nat(1)), { minLength: 15, maxLength: 30 });
    // The stream may have dropped its first changes.
    await fc.assert(
      fc.asyncProperty(steps, fc.constantFrom(3, 1000), async (all, kept) => {
        const prefix = `test-${newId()}`;
        const gateways = [await open(prefix), await open(prefix)];
        for (const [operate, at] of all) {
          await operate(gateways[at]!);
          await gateways[at]!.capture();
          await sleep(3);
        }
        await redis.xtrim(changesKey(prefix), 'MAXLEN', kept);
        const late = await open(prefix);
        for (const gateway of gateways) {
          gateway.check();
          gateway.check(late.history);
        }
        const typesIn = ({ changes }: RegistryHistory) => changes.map(({ type }) => type).slice(-kept);
        expect(typesIn(late.history)).toEqual(typesIn(gateways[0]!.history));
        await Promise.all(stores.splice(0).map((store) => store.onModuleDestroy()));
      }),
      { numRuns: 15 },
    );
  });
});
