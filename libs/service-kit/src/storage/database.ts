import { Kysely, sql } from 'kysely';
import { Problem } from '#contracts';
import { StartupError } from '../config/config-error.js';
import type { StorageConfig } from '../config/service-config.js';
import { errorProperties } from '../errors/error-properties.js';
import { sqlSpans } from '../tracing/sql-spans.js';
import { StoreWrites } from './store-writes.js';

/**
 * Opens the store of the service `name` and checks that it responds: PostgreSQL when `storage` has a URL, otherwise
 * the file `{dataDir}/{name}.db`. `writes` records writes that the store rejects; with
 * `isTraced`, queries of a request are recorded as spans. Close it with `destroy()`.
 * @throws StartupError with a one-line message, without the URL, which contains a password.
 */
export async function openDatabase<Schema>(
  storage: StorageConfig,
  name: string,
  writes = new StoreWrites(),
  isTraced = false,
): Promise<Kysely<Schema>> {
  // Loaded on demand: a process needs at most one of the two drivers, the gateway none.
  if (storage.databaseUrl === undefined) {
    const { openLibsql } = await import('./open-libsql.js');
    return new Kysely<Schema>({
      dialect: await openLibsql(storage, name, writes),
      ...(isTraced && { log: sqlSpans('sqlite', name) }),
    });
  }
  const { openPostgres } = await import('./open-postgres.js');
  const database = new Kysely<Schema>({
    dialect: openPostgres(storage.databaseUrl, name, writes),
    ...(isTraced && { log: sqlSpans('postgresql', name) }),
  });
  try {
    await ping(database);
    return database;
  } catch (error) {
    await database.destroy();
    throw new StartupError(`DATABASE_URL: cannot use PostgreSQL at ${explain(error, storage.databaseUrl)}`, {
      cause: error,
    });
  }
}

/** Checks that the store, of either kind, responds. */
export async function ping<Schema>(database: Kysely<Schema>): Promise<void> {
  // A query builder instead of raw SQL, so that the embedded store recognises a read, which needs no write lock.
  await database.selectNoFrom(sql`1`.as('up')).execute();
}

const EXPLANATIONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the DNS lookup of the host name failed',
  ETIMEDOUT: 'the connection timed out',
};

function explain(error: unknown, url: string): string {
  const cause = error instanceof Problem ? error.cause : error;
  const { code, message = 'unknown reason' } = errorProperties(cause);
  return `${new URL(url).host}: ${EXPLANATIONS[code ?? ''] ?? message}`;
}
