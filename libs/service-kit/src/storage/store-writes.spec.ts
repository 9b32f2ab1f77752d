import { sql, type Kysely } from 'kysely';
import { onBothStores, type TestStore } from '#testing';
import { PublicHealthError } from '../health/health-indicator.js';
import { DatabaseIndicator } from './database.indicator.js';
import { openDatabase } from './database.js';
import { migrate } from './migrate.js';
import { StoreWrites } from './store-writes.js';

interface Schema {
  notes: { text: string };
}

/** Makes the database reject writes, as with a full disk, until the returned function is called. */
async function fillDisk(database: Kysely<Schema>, isPostgres: boolean): Promise<() => Promise<unknown>> {
  if (!isPostgres) {
    const { rows } = await sql<{ page_count: number }>`select page_count from pragma_page_count`.execute(
      database,
    );
    await sql`pragma max_page_count = ${sql.lit(rows[0]!.page_count)}`.execute(database);
    return () => sql`pragma max_page_count = 1000000`.execute(database);
  }
  await sql`create function refuse() returns trigger language plpgsql as
    $$ begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$`.execute(database);
  for (const table of ['notes', 'note_service_migration_lock'])
    await sql`create trigger refuse before insert on ${sql.table(table)} execute function refuse()`.execute(
      database,
    );
  return () => sql`drop function refuse cascade`.execute(database);
}

onBothStores('a store whose disk is full', (store: TestStore) => {
  const clock = { now: 0 };
  let database: Kysely<Schema>;
  let indicator: DatabaseIndicator;
  let freeDisk: () => Promise<unknown>;

  beforeEach(async () => {
    const storage = await store.createStorage();
    const writes = new StoreWrites(() => clock.now);
    database = await openDatabase<Schema>(storage, 'note-service', writes);
    await migrate(database, 'note-service', {
      '0001-notes': { up: (db) => db.schema.createTable('notes').addColumn('text', 'text').execute() },
    });
    await insert('before');
    indicator = new DatabaseIndicator(database as unknown as Kysely<unknown>, writes, 'note-service');
    freeDisk = await fillDisk(database, storage.databaseUrl !== undefined);
  });
  afterEach(() => database.destroy());

  const insert = (text = 'x'.repeat(100_000)) => database.insertInto('notes').values({ text }).execute();
  const rejected = { code: 'storage-unavailable', status: 503, headers: { 'retry-after': '2' } };

  it('rejects writes with 503, also inside a transaction, and can still be read', async () => {
    await expect(insert()).rejects.toMatchObject(rejected);
    const transaction = database.transaction().execute((trx) =>
      trx
        .insertInto('notes')
        .values({ text: 'y'.repeat(100_000) })
        .execute(),
    );
    await expect(transaction).rejects.toMatchObject(rejected);
    expect(await database.selectFrom('notes').selectAll().execute()).toEqual([{ text: 'before' }]);
  });

  it('is unhealthy from a rejected write until a trial write succeeds, which leaves no rows', async () => {
    await expect(indicator.check()).resolves.toEqual({});
    await insert().catch(() => undefined);
    const check = () => indicator.check();
    await expect(check()).rejects.toEqual(
      new PublicHealthError('database rejects writes: disk full; reads continue'),
    );
    clock.now += 2000;
    await expect(check()).rejects.toBeInstanceOf(PublicHealthError);
    await freeDisk();
    await expect(check()).rejects.toBeInstanceOf(PublicHealthError);
    clock.now += 2000;
    await expect(check()).resolves.toEqual({});
    const rows = await sql`select * from note_service_migration_lock`.execute(database);
    expect(rows.rows).toHaveLength(1);
    await insert();
  });
});
