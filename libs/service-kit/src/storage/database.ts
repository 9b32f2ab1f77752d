import { Kysely, sql, type LogEvent } from 'kysely';
import { Problem } from '#contracts';
import { CallCounts } from '#registry-client';
import { StartupError } from '../config/config-error.js';
import type { StorageConfig } from '../config/service-config.js';
import { errorProperties } from '../errors/error-properties.js';
import { sqlSpans, type DatabaseSystem } from '../tracing/sql-spans.js';
import { StoreWrites } from './store-writes.js';

/**
 * Opens the store of the service `name` and checks that it responds: PostgreSQL when `storage` has a URL, otherwise
 * the file `{dataDir}/{name}.db`. `writes` records writes that the store rejects, `calls` counts queries; with
 * `isTraced`, queries of a request are recorded as spans. Close it with `destroy()`.
 * @throws StartupError with a one-line message, without the URL, which contains a password.
 */
export async function openDatabase<Schema>(
  storage: StorageConfig,
  name: string,
  writes = new StoreWrites(),
  calls = new CallCounts(),
  isTraced = false,
): Promise<Kysely<Schema>> {
  // Loaded on demand: a process needs at most one of the two drivers, the gateway none.
  if (storage.databaseUrl === undefined) {
    const { openLibsql } = await import('./open-libsql.js');
    return new Kysely<Schema>({
      dialect: await openLibsql(storage, name, writes),
      log: observing(calls, 'sqlite', isTraced ? name : undefined),
    });
  }
  const { openPostgres } = await import('./open-postgres.js');
  const database = new Kysely<Schema>({
    dialect: openPostgres(storage.databaseUrl, name, writes),
    log: observing(calls, 'postgresql', isTraced ? name : undefined),
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

/** @param traced name of the store in spans; `undefined`: its queries are not traced */
function observing(
  calls: CallCounts,
  system: DatabaseSystem,
  traced: string | undefined,
): (event: LogEvent) => void {
  const recordSpan = traced === undefined ? undefined : sqlSpans(system, traced);
  return (event) => {
    // A rejected value is no failure of the store.
    calls.add(system, 'store', event.level === 'error' && event.error instanceof Problem);
    recordSpan?.(event);
  };
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
