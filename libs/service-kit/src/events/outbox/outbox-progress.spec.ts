import type { Kysely } from 'kysely';
import { onBothStores } from '#testing';
import { openDatabase } from '../../storage/database.js';
import { createEventTables } from '../event-tables.js';
import { OutboxProgress } from './outbox-progress.js';

const HOUR_MS = 3_600_000;

onBothStores('the progress of consumer groups', (store) => {
  let database: Kysely<unknown>;
  let progress: OutboxProgress;

  beforeEach(async () => {
    database = await openDatabase<unknown>(await store.createStorage(), 'note-service');
    await createEventTables(database, 'note-service');
    progress = new OutboxProgress(database, 'note-service');
  });
  afterEach(() => database.destroy());

  const record = (groups: Readonly<Record<string, number>>) =>
    progress.record(Object.entries(groups).map(([name, handled]) => ({ name, handled, idleMs: 0 })));

  it('is that of the slowest group, also while the transport has lost a group or its position', async () => {
    expect(await progress.handledByAll()).toBeUndefined();
    await record({ quick: 9, slow: 5 });
    expect(await progress.handledByAll()).toBe(5);
    await record({ quick: 0 });
    await record({ quick: 12 });
    expect(await progress.handledByAll()).toBe(5);
    await record({ quick: 12, slow: 10 });
    expect(await progress.handledByAll()).toBe(10);
    await record({ quick: 0, slow: 11 });
    expect(await progress.handledByAll()).toBe(11);
  });

  it('forgets groups that no process has read for a long time, but not those without new events', async () => {
    const hoursAgo = (hours: number) => Date.now() - hours * HOUR_MS;
    const groups = (quietHours: number) => [
      { name: 'gone', handled: 1, idleMs: 100 * HOUR_MS },
      { name: 'quiet', handled: 2, idleMs: quietHours * HOUR_MS },
    ];
    await progress.record(groups(60));
    await progress.record(groups(0));
    await progress.purge(hoursAgo(101));
    expect(await progress.handledByAll()).toBe(1);
    await progress.purge(hoursAgo(50));
    expect(await progress.handledByAll()).toBe(2);
  });
});
