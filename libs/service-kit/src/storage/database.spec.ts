import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql, type Kysely } from 'kysely';
import { onBothStores, onOwnPostgres, tempDir, waitFor } from '#testing';
import type { StorageConfig } from '../config/service-config.js';
import { openDatabase } from './database.js';
import { migrate, type Migrations } from './migrate.js';
import { newId } from './new-id.js';
import { isUniqueViolation } from './unique-violation.js';

interface Schema {
  notes: { id: string; text: string; at: number };
}

const migrations: Migrations = {
  '0001-notes': {
    up: (db) =>
      db.schema
        .createTable('notes')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('text', 'text', (column) => column.notNull().unique())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .execute(),
  },
};

const failing: Migrations = {
  ...migrations,
  '0002-broken': {
    up: async (db) => {
      await db.schema.createTable('half_done').addColumn('id', 'text').execute();
      throw new Error('the second step fails');
    },
  },
};

onBothStores('a store', (store) => {
  const open: Kysely<Schema>[] = [];
  const connect = async (storage: StorageConfig): Promise<Kysely<Schema>> => {
    const database = await openDatabase<Schema>(storage, 'note-service');
    open.push(database);
    return database;
  };
  const migrated = async (): Promise<Kysely<Schema>> => {
    const database = await connect(await store.createStorage());
    await migrate(database, 'note-service', migrations);
    return database;
  };
  const newNote = (text: string) => ({ id: newId(), text, at: Date.now() });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((database) => database.destroy()));
  });

  it('is migrated once by many processes that start at the same time', async () => {
    const storage = await store.createStorage();
    const databases = await Promise.all(Array.from({ length: 6 }, () => connect(storage)));
    await Promise.all(databases.map((database) => migrate(database, 'note-service', migrations)));
    await Promise.all(
      databases.map((database, n) =>
        database
          .insertInto('notes')
          .values(newNote(`${n}`))
          .execute(),
      ),
    );
    const rows = await databases[0]!.selectFrom('notes').selectAll().execute();
    expect(rows).toHaveLength(6);
  });

  it('rolls back a migration that fails', async () => {
    const storage = await store.createStorage();
    const database = await connect(storage);
    await expect(migrate(database, 'note-service', failing)).rejects.toThrow(
      'the database of note-service cannot be migrated: the second step fails',
    );
    await migrate(database, 'note-service', migrations);
    const tables = (await database.introspection.getTables()).map(({ name }) => name);
    expect(tables).toContain('notes');
    expect(tables).not.toContain('half_done');
  });

  it('lets two services migrate one database independently', async () => {
    const database = await migrated();
    await migrate(database, 'other-service', {
      '0001-others': { up: (db) => db.schema.createTable('others').addColumn('id', 'text').execute() },
    });
    const tables = (await database.introspection.getTables()).map(({ name }) => name);
    expect(tables).toEqual(expect.arrayContaining(['notes', 'others']));
  });

  it('returns numbers unchanged', async () => {
    const database = await migrated();
    const row = { ...newNote('large'), at: 9_007_199_254_740_991 };
    await database.insertInto('notes').values(row).execute();
    expect(await database.selectFrom('notes').selectAll().executeTakeFirst()).toEqual(row);
  });

  it('distinguishes a unique violation from other errors', async () => {
    const database = await migrated();
    const row = newNote('taken');
    const insert = (values: Schema['notes']) => database.insertInto('notes').values(values).execute();
    await insert(row);
    const errors = await Promise.all([
      insert({ ...newNote('taken') }).catch(isUniqueViolation),
      insert({ ...row, text: 'other' }).catch(isUniqueViolation),
      insert({ ...newNote('x'), text: null as never }).catch(isUniqueViolation),
    ]);
    expect(errors).toEqual([true, true, false]);
  });

  it('serialises transactions that read before they write', async () => {
    const storage = await store.createStorage();
    const databases = await Promise.all([connect(storage), connect(storage)]);
    await migrate(databases[0], 'note-service', migrations);
    const counter = { ...newNote('counter'), at: 0 };
    await databases[0].insertInto('notes').values(counter).execute();
    const increment = (database: Kysely<Schema>) =>
      database.transaction().execute(async (trx) => {
        await trx.selectFrom('notes').selectAll().execute();
        await trx
          .updateTable('notes')
          .set((row) => ({ at: row('at', '+', 1) }))
          .execute();
      });
    await Promise.all(Array.from({ length: 20 }, (_, n) => increment(databases[n % 2]!)));
    const { at } = await databases[1].selectFrom('notes').select('at').executeTakeFirstOrThrow();
    expect(at).toBe(20);
  });
});

onOwnPostgres('a database server that is unavailable', (server) => {
  const connect = async () =>
    openDatabase(
      { databaseUrl: await server().createDatabase(), dataDir: '', sync: 'normal' },
      'note-service',
    );
  const unreachable = { code: 'storage-unavailable', status: 503 };
  const kill = (database: Kysely<unknown>) =>
    sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`.execute(database);

  const sleepers = async (database: Kysely<unknown>) =>
    (await sql`select 1 from pg_stat_activity where query = 'select pg_sleep(60)'`.execute(database)).rows
      .length;

  it('is reported to waiting callers, in a query or between two queries of a transaction', async () => {
    const database = await connect();
    const waiting = sql`select pg_sleep(60)`.execute(database);
    const between = database.transaction().execute(async (trx) => {
      await waitFor('the other query to run', async () => (await sleepers(trx)) === 1);
      await kill(database);
      await sql`select 1`.execute(trx);
    });
    await expect(waiting).rejects.toMatchObject(unreachable);
    await expect(between).rejects.toMatchObject(unreachable);
    // The pool may hold another dead connection that it has not used yet.
    const { rows } = await waitFor('a new connection', () => sql`select 1 as up`.execute(database));
    expect(rows).toEqual([{ up: 1 }]);
    await database.destroy();
  });

  it('is reported to new callers', async () => {
    const database = await connect();
    await server().stop();
    await waitFor('queries to fail', () =>
      sql`select 1`.execute(database).then(
        () => false,
        (error: unknown) => expect(error).toMatchObject(unreachable),
      ),
    );
    await database.destroy();
  });
});

describe('a store that cannot be opened fails with a one-line error', () => {
  const directory = tempDir();
  afterAll(() => directory.remove());
  const embedded = (dataDir: string): StorageConfig => ({ databaseUrl: undefined, dataDir, sync: 'normal' });
  const openAt = (storage: StorageConfig) => openDatabase(storage, 'note-service');
  const inside = (name: string) => join(directory.path, name);

  it('when DATA_DIR is a file', async () => {
    writeFileSync(inside('file'), '');
    await expect(openAt(embedded(inside('file')))).rejects.toThrow(
      `DATA_DIR: cannot use ${inside('file')}/note-service.db: the file cannot be opened or created`,
    );
  });

  it('when a part of DATA_DIR is a file', async () => {
    writeFileSync(inside('part'), '');
    await expect(openAt(embedded(inside('part/of')))).rejects.toThrow('a part of the path is a file');
  });

  it('when DATA_DIR cannot be created', async () => {
    await expect(openAt(embedded('/proc/nothing'))).rejects.toThrow('DATA_DIR: cannot use /proc/nothing');
  });

  it('when the file is not a database', async () => {
    writeFileSync(
      inside('note-service.db'),
      'plain text, and long enough to be taken for a header'.repeat(10),
    );
    await expect(openAt(embedded(directory.path))).rejects.toThrow('the file is not a database');
  });

  it('when the file is a directory', async () => {
    mkdirSync(inside('odd/note-service.db'), { recursive: true });
    await expect(openAt(embedded(inside('odd')))).rejects.toThrow('the file cannot be opened or created');
  });

  it('when PostgreSQL is unavailable, without the password', async () => {
    const storage = { ...embedded(''), databaseUrl: 'postgres://ann:secret@127.0.0.1:9/shop' };
    const error = await openAt(storage).catch((thrown: unknown) => thrown as Error);
    expect((error as Error).message).toBe(
      'DATABASE_URL: cannot use PostgreSQL at 127.0.0.1:9: the connection was refused',
    );
  });
});
