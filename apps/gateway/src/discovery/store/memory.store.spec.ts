import { ManualClock } from '../testing/manual-clock.js';
import { describeRegistryStore } from '../testing/registry-store.contract.js';
import { SWEEP_EVERY_MS } from './lost-time.js';
import { MemoryStore } from './memory.store.js';

describeRegistryStore('MemoryStore', () => {
  const clock = new ManualClock();
  const store = new MemoryStore(clock);
  return Promise.resolve({
    store,
    pass: async (ms) => {
      for (let gone = 0; gone < ms; gone += SWEEP_EVERY_MS) {
        clock.advance(SWEEP_EVERY_MS);
        await store.sweep();
      }
    },
    stall: (ms) => {
      clock.advance(ms);
      return Promise.resolve();
    },
  });
});
