import type { Kysely } from 'kysely';
import { onBothStores } from '#testing';
import { openDatabase } from '../../storage/database.js';
import { createEventTables } from '../event-tables.js';
import { OutboxProgress } from './outbox-progress.js';

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
    progress.record(new Map(Object.entries(groups)));

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

  it('forgets groups that have handled nothing for a long time', async () => {
    await record({ gone: 1 });
    await progress.purge(Date.now() + 1);
    expect(await progress.handledByAll()).toBeUndefined();
  });
});
