import { setTimeout as sleep } from 'node:timers/promises';
import { onBothStores, tempDir } from '#testing';
import { EventAudit } from './support/event-audit.js';
import { Measurements } from './support/measurements.js';
import { ObservedMonolith } from './support/observed-monolith.js';
import { ShopChanges } from './support/shop-changes.js';

const CHANGES = Number(process.env.EVENT_CHANGES ?? 300);
/** A start takes up to half a minute on a busy machine. */
const TIMEOUT_MS = 300_000 + CHANGES * 200;
const LONGEST_PAUSE_MS = 2000;

/** Resolves to the number of kills. The process runs for about as long as it starts, however slow the machine is. */
async function killUntil(monolith: ObservedMonolith, signal: AbortSignal): Promise<number> {
  let kills = 0;
  let startMs = 0;
  while (!signal.aborted) {
    await sleep(Math.random() * (LONGEST_PAUSE_MS + 2 * startMs));
    await monolith.kill();
    const since = performance.now();
    await monolith.restart();
    startMs = performance.now() - since;
    kills += 1;
  }
  return kills;
}

describe('domain events in the monolith', () => {
  onBothStores(`${CHANGES} changes`, (store) => {
    const measurements = Measurements.for('domain events while the monolith is killed');
    const folder = tempDir('observer-');

    it(
      'have each its effect once, in the order of each entity, while the process is killed',
      async () => {
        const storage = await store.createStorage();
        const monolith = await ObservedMonolith.start({
          ...{ DATABASE_URL: storage.databaseUrl ?? '', DATA_DIR: storage.dataDir },
          ...{ OBSERVER_DATA_DIR: folder.path, LOG_LEVEL: 'WARN' },
        });
        const changes = new ShopChanges(monolith.shop);
        const over = new AbortController();
        const killing = killUntil(monolith, over.signal);
        try {
          await Promise.race([changes.run(CHANGES), killing]);
          over.abort();
          measurements.recordCount('kills', await killing);
          await new EventAudit(storage, folder.path).expectAllHandled(changes, measurements);
        } finally {
          over.abort();
          await killing.catch(() => undefined);
          await monolith.stop();
        }
      },
      TIMEOUT_MS,
    );

    afterAll(() => folder.remove());
  });
});
