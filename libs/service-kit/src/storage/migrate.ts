import { Migrator, type Kysely, type Migration } from 'kysely';
import { StartupError } from '../config/config-error.js';

/** The migrations of one service, by name; they run in the order of their names, each once. */
export type Migrations = Readonly<Record<string, Migration>>;

/**
 * Brings the store up to date. Safe when several processes start at once: one migrates, the others wait for it and find
 * nothing to do. The book-keeping tables carry the service's name, as services may share a database.
 * @throws StartupError when a migration fails; nothing of it stays behind.
 */
export async function migrate<Schema>(
  database: Kysely<Schema>,
  name: string,
  migrations: Migrations,
): Promise<void> {
  const prefix = name.replaceAll('-', '_');
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    migrationTableName: `${prefix}_migrations`,
    migrationLockTableName: `${prefix}_migration_lock`,
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const reason = error instanceof Error ? error.message : 'unknown reason';
  throw new StartupError(`the store of ${name} cannot be brought up to date: ${reason}`, { cause: error });
}
