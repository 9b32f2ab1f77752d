import { Migrator, type Kysely, type Migration } from 'kysely';
import { errorProperties } from '../errors/error-properties.js';
import { StartupError } from '../config/config-error.js';

/** The migrations of one service by name. They run in the order of their names, each once. */
export type Migrations = Readonly<Record<string, Migration>>;

/**
 * Brings the store up to date. Safe when several processes start at once: one migrates, the others wait and then have
 * nothing to do. A store that a newer version has migrated is left unchanged: during an upgrade the previous version
 * keeps running and can restart. The bookkeeping tables carry the service's name, because services may share a
 * database.
 * @throws StartupError when a migration fails; the migration is rolled back.
 */
export async function migrate<Schema>(
  database: Kysely<Schema>,
  name: string,
  migrations: Migrations,
): Promise<void> {
  const tables = migrationTablesOf(name);
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    ...tables,
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined || (await isNewer(database, tables.migrationTableName, Object.keys(migrations))))
    return;
  const { message: reason = 'unknown reason' } = errorProperties(error);
  throw new StartupError(`the database of ${name} cannot be migrated: ${reason}`, { cause: error });
}

/** The bookkeeping tables of the service `name`. */
export function migrationTablesOf(name: string) {
  const prefix = name.replaceAll('-', '_');
  return {
    migrationTableName: `${prefix}_migrations`,
    migrationLockTableName: `${prefix}_migration_lock`,
  };
}

interface Executed {
  readonly name: string;
}

/** Whether the store has all migrations in `known`, and more. Kysely treats unknown migrations as corruption. */
async function isNewer<Schema>(
  database: Kysely<Schema>,
  table: string,
  known: readonly string[],
): Promise<boolean> {
  const store = database as unknown as Kysely<Record<string, Executed>>;
  // Without the table no migration has ever run.
  const query = store.selectFrom(table).select('name');
  const rows = await query.execute().catch(() => []);
  const executed = new Set(rows.map((row) => row.name));
  return executed.size > known.length && known.every((name) => executed.has(name));
}
