import { ManualClock } from '../../testing/manual-clock.js';
import { describeRegistryStore } from '../../testing/registry-store.contract.js';
import { newInstanceFrom } from '../new-instance.js';
import { SWEEP_INTERVAL_MS } from '../lost-time.js';
import { MemoryStore } from './memory.store.js';

describeRegistryStore('MemoryStore', () => {
  const clock = new ManualClock();
  const store = new MemoryStore(clock, { retentionMs: 60_000 });
  return Promise.resolve({
    store,
    pass: async (ms) => {
      for (let passed = 0; passed < ms; passed += SWEEP_INTERVAL_MS) {
        clock.advance(SWEEP_INTERVAL_MS);
        await store.sweep();
      }
    },
    stall: (ms) => {
      clock.advance(ms);
      return Promise.resolve();
    },
  });
});

describe('leases in a MemoryStore', () => {
  it('expire one by one, each at its end, and later after a heartbeat', async () => {
    const clock = new ManualClock();
    const store = new MemoryStore(clock, { retentionMs: 60_000 });
    const register = (id: string, ttlSeconds: number) => {
      const url = 'http://127.0.0.1:9001';
      return store.put({ ...newInstanceFrom({ name: 'users', url }, id, url), ttlSeconds }, 'registered');
    };
    const left: string[] = [];
    const passUntil = async (end: number) => {
      for (; passed < end; passed += SWEEP_INTERVAL_MS) {
        clock.advance(SWEEP_INTERVAL_MS);
        for (const { id } of (await store.sweep()).expired)
          left.push(`${id} at ${passed + SWEEP_INTERVAL_MS}`);
      }
    };
    let passed = 0;
    await register('long', 30);
    await register('short', 2);
    await register('renewed', 2);
    await passUntil(1000);
    await store.recordHeartbeat('renewed', {});
    await register('newcomer', 2);
    await store.renewLeases(['newcomer']);
    await passUntil(2900);
    expect(left).toEqual(['short at 2000']);
    await passUntil(40_000);
    expect(left).toEqual(['short at 2000', 'renewed at 3000', 'newcomer at 3000', 'long at 30000']);
  });
});

describe('a MemoryStore', () => {
  const found = (ageMs: number) => ({ epoch: undefined, change: 0, instances: [], names: new Map(), ageMs });

  it('is complete at once on a first start, and if an earlier run ended at most a minute ago', () => {
    const clock = new ManualClock();
    expect(new MemoryStore(clock, { retentionMs: 60_000 }).isComplete).toBe(true);
    expect(new MemoryStore(clock, { retentionMs: 60_000, saved: found(60_000) }).isComplete).toBe(true);
  });

  it('is complete one lease after a start with an older snapshot', () => {
    const clock = new ManualClock();
    const restarted = new MemoryStore(clock, { retentionMs: 60_000, saved: found(60_001) });
    clock.advance(14_999);
    expect(restarted.isComplete).toBe(false);
    clock.advance(1);
    expect(restarted.isComplete).toBe(true);
  });
});
