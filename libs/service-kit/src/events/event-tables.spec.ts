import { sql, type Kysely } from 'kysely';
import { onBothStores } from '#testing';
import { openDatabase } from '../storage/database.js';
import { migrate } from '../storage/migrate.js';
import { createEventTables, eventMigrations, eventTablesOf } from './event-tables.js';

const SERVICE = 'note-service';

onBothStores('the tables for events', (store) => {
  let database: Kysely<unknown>;

  beforeEach(async () => {
    database = await openDatabase(await store.createStorage(), SERVICE);
  });
  afterEach(() => database.destroy());

  it('are completed, with their rows, where migrations of the service had created some', async () => {
    const { parked_events, outbox_relay } = eventTablesOf(SERVICE);
    const index = `${parked_events}_attempt_at`;
    await migrate(database, SERVICE, { '0001-events': { up: (db) => createEventTables(db, SERVICE) } });
    await database.schema.dropIndex(index).execute();
    await sql`update ${sql.table(outbox_relay)} set sent = 7`.execute(database);

    await migrate(database, `${SERVICE}-events`, eventMigrations(SERVICE));
    await expect(
      database.schema.createIndex(index).on(parked_events).column('attempt_at').execute(),
    ).rejects.toThrow('exists');
    const { rows } = await sql`select name, sent from ${sql.table(outbox_relay)}`.execute(database);
    expect(rows).toEqual([{ name: SERVICE, sent: 7 }]);
  });
});
