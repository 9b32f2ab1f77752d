import { sql, type Kysely } from 'kysely';
import { onPostgres, tempDir, waitFor } from '#testing';
import { openDatabase } from '../../storage/database.js';
import { createEventTables, eventTablesOf, type EventTables } from '../event-tables.js';
import { Outbox } from './outbox.js';
import { OutboxRows } from './outbox-rows.js';

const SERVICE = 'note-service';
const noteChanged = { type: 'test.note.changed.v1', dataschema: 'urn:test' };

onPostgres('the rows of an outbox', (server) => {
  const folder = tempDir();
  let database: Kysely<EventTables>;

  beforeEach(async () => {
    const databaseUrl = await server().createDatabase();
    database = await openDatabase<EventTables>({ databaseUrl, dataDir: folder.path, sync: 'full' }, SERVICE);
    await createEventTables(database as unknown as Kysely<unknown>, SERVICE);
  });
  afterEach(() => database.destroy());
  afterAll(() => folder.remove());

  const rowsIn = (db: Kysely<EventTables>) => new OutboxRows(db as unknown as Kysely<unknown>, SERVICE);
  const publish = (...subjects: readonly string[]) =>
    new Outbox(database as unknown as Kysely<unknown>, SERVICE).transaction((_trx, send) =>
      send(...subjects.map((subject) => ({ definition: noteChanged, subject, data: {} }))),
    );
  const numbers = async (db = database) => {
    const rows = await db.selectFrom(eventTablesOf(SERVICE).outbox).select('sequence').execute();
    return rows.map(({ sequence }) => sequence);
  };
  const waitsForLock = async () => {
    const { rows } = await sql`
      select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(database);
    return rows.length > 0;
  };

  it('keep their numbers when two processes number them at the same time', async () => {
    await publish('a', 'b');
    let second: Promise<unknown> = Promise.resolve();
    const first = await database.transaction().execute(async (trx) => {
      await rowsIn(trx).number(0, 100);
      second = rowsIn(database).number(0, 100);
      await waitFor('the second process to wait for the first one', waitsForLock);
      return numbers(trx);
    });
    await second;
    expect(first).not.toContain(null);
    expect(await numbers()).toEqual(first);
  });
});
