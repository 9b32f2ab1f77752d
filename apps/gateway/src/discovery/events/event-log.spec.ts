import { MemoryStore } from '../store/memory/memory.store.js';
import { newInstanceFrom } from '../store/new-instance.js';
import { DiscoveryHarness } from '../testing/discovery-harness.js';
import { ManualClock } from '../testing/manual-clock.js';
import { logEvents } from './event-logger.js';
import { EventLog } from './event-log.js';

const url = 'http://127.0.0.1:9001';

describe('EventLog', () => {
  it('records registrations, changes and removals, with reasons, under increasing ids', async () => {
    const { registry, log, clock } = new DiscoveryHarness();
    await registry.register({ name: 'users', url, id: 'a' });
    await registry.register({ name: 'users', url, id: 'a' });
    await registry.drain('a');
    await registry.drain('a');
    await registry.resume('a');
    await registry.unregister('a');
    const events = log.after(0);
    expect(events.map(({ type, status }) => `${type} ${status}`)).toEqual([
      'registered up',
      'renewed up',
      'draining draining',
      'resumed up',
      'unregistered gone',
    ]);
    expect(events[0]).toEqual({
      id: events[0]!.id,
      at: new Date(clock.now()).toISOString(),
      type: 'registered',
      service: 'users',
      instanceId: 'a',
      status: 'up',
      reason: 'registered',
    });
    expect(events.map(({ id }) => id - events[0]!.id)).toEqual([0, 2, 4, 6, 8]);
  });

  it('records an expiry with its reason', async () => {
    const harness = new DiscoveryHarness();
    await harness.registry.register({ name: 'users', url, id: 'a', ttlSeconds: 2 });
    await harness.pass(2000);
    expect(harness.log.after(0).at(-1)).toMatchObject({
      type: 'expired',
      status: 'down',
      reason: 'lease expired: no heartbeat for 2 s',
    });
  });

  it('records that an id moves to another URL while its lease runs, and logs a warning', async () => {
    const harness = new DiscoveryHarness();
    const warnings: unknown[] = [];
    logEvents(harness.log, { info: () => undefined, warn: (...line) => warnings.push(line) });
    const register = (from: string) =>
      harness.registry.register({ name: 'users', url: from, id: 'a', ttlSeconds: 2 });
    await register(url);
    await register(url);
    await register('http://127.0.0.2:9001');
    const reason =
      'moved from http://127.0.0.1:9001 to http://127.0.0.2:9001 before its lease expired; two instances may share this id';
    expect(harness.log.after(0).at(-1)).toMatchObject({ type: 'moved', status: 'up', reason });
    const details = { event: 'moved', service: 'users', instanceId: 'a', status: 'up', reason };
    expect(warnings).toEqual([[details, 'Instance moved']]);
    await harness.pass(2000);
    await register(url);
    expect(harness.log.after(0).at(-1)).toMatchObject({ type: 'renewed', reason: 'registered' });
  });

  it('records an event for both services when an instance changes its service', async () => {
    const { registry, log } = new DiscoveryHarness();
    await registry.register({ name: 'users', url, id: 'a' });
    await registry.register({ name: 'people', url, id: 'a' });
    expect(log.after(0).slice(1)).toMatchObject([
      { type: 'unregistered', service: 'users', status: 'gone', reason: 'registered again as people' },
      { type: 'registered', service: 'people', status: 'up' },
    ]);
  });

  it('keeps the latest events and reports which ones it has dropped', async () => {
    const clock = new ManualClock();
    const store = new MemoryStore(clock, { retentionMs: 60_000 });
    const log = new EventLog(store, 3);
    const first = log.newestId + 2;
    expect(log.reaches(log.newestId)).toBe(true);
    for (let i = 0; i < 5; i++)
      await store.put(newInstanceFrom({ name: 'users', url }, `i${i}`, url), 'registered');
    expect(log.after(0).map(({ instanceId }) => instanceId)).toEqual(['i2', 'i3', 'i4']);
    expect(log.after(first + 6).map(({ instanceId }) => instanceId)).toEqual(['i4']);
    expect(log.after(0, 1).map(({ instanceId }) => instanceId)).toEqual(['i2']);
    expect([first, first + 2, first + 8, first + 10].map((id) => log.reaches(id))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(log.after(first + 99)).toEqual([]);
  });

  it('continues above the ids of an earlier process', () => {
    const clock = new ManualClock();
    const earlier = new EventLog(new MemoryStore(clock, { retentionMs: 60_000 }));
    clock.advance(1000);
    expect(new EventLog(new MemoryStore(clock, { retentionMs: 60_000 })).newestId).toBeGreaterThan(
      earlier.newestId + 100_000,
    );
  });
});
