import pg from 'pg';
import {
  PostgresAdapter,
  PostgresDialect,
  sql,
  type DialectAdapter,
  type Kysely,
  type MigrationLockOptions,
} from 'kysely';
import type { StoreWrites } from './store-writes.js';
import { poolWithProblems } from './pool-with-problems.js';

const CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 5000;
const STATEMENT_TIMEOUT_MS = 15_000;

/** PostgreSQL at `url` through a pool, without connecting yet. The server's own views show `name`. */
export function openPostgres(url: string, name: string, writes: StoreWrites): PostgresDialect {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: name,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    types: { getTypeParser: numbersForBigints },
  });
  // A broken connection, idle or in use, must not end the process: the pool drops it, and its query reports the
  // error.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new ServiceDialect({ pool: poolWithProblems(pool, writes) });
}

type Parser = (text: string) => unknown;

// PostgreSQL's type number of bigint.
const INT8 = 20;
const parserOf = pg.types.getTypeParser as (type: number, format?: string) => Parser;

// The bigints of the services are epoch milliseconds and small counts: exact as numbers, and SQLite returns numbers
// too.
const numbersForBigints = (type: number, format?: string): Parser =>
  type === INT8 ? Number : parserOf(type, format);

class ServiceDialect extends PostgresDialect {
  override createAdapter(): DialectAdapter {
    return new ServiceAdapter();
  }
}

// A long migration, or waiting for the migration of another process, is not a runaway statement.
class ServiceAdapter extends PostgresAdapter {
  override async acquireMigrationLock(db: Kysely<unknown>, options: MigrationLockOptions): Promise<void> {
    await sql`set statement_timeout = 0`.execute(db);
    await super.acquireMigrationLock(db, options);
  }

  override async releaseMigrationLock(db: Kysely<unknown>, options: MigrationLockOptions): Promise<void> {
    await super.releaseMigrationLock(db, options);
    await sql`reset statement_timeout`.execute(db);
  }
}
