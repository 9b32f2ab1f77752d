import type { Kysely, Migration } from 'kysely';
import { onBothStores } from '#testing';
import { openDatabase } from './database.js';
import { migrate } from './migrate.js';

interface Schema {
  notes: { id: string; text: string | null };
}

const creating: Migration = {
  up: async (db) => {
    await db.schema.createTable('notes').addColumn('id', 'text').execute();
  },
};
const adding: Migration = {
  up: async (db) => {
    await db.schema.alterTable('notes').addColumn('text', 'text').execute();
  },
};

const before = { '001_notes': creating };
const after = { ...before, '002_text': adding };

onBothStores('migrate', (store) => {
  let database: Kysely<Schema>;

  beforeEach(async () => {
    database = await openDatabase<Schema>(await store.createStorage(), 'note-service');
  });
  afterEach(() => database.destroy());

  const run = (migrations: Readonly<Record<string, Migration>>) =>
    migrate(database, 'note-service', migrations);

  it('runs new migrations, each once', async () => {
    await run(before);
    await run(after);
    await run(after);
    await database.insertInto('notes').values({ id: 'a', text: 'new' }).execute();
  });

  it('lets the previous version start on the store of the next version', async () => {
    await run(after);
    await expect(run(before)).resolves.toBeUndefined();
    await database.insertInto('notes').values({ id: 'a', text: 'kept' }).execute();
  });

  it('rejects a store that lacks a migration and has an unknown one', async () => {
    await run(before);
    const otherMigrations = { '001_other': creating, '002_text': adding };
    await expect(run(otherMigrations)).rejects.toThrow('the database of note-service cannot be migrated');
  });
});
