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
import { tellingPool } from './telling-pool.js';

const CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 5000;
const STATEMENT_TIMEOUT_MS = 15_000;

/** PostgreSQL at `url` through a pool; nothing is connected yet. `name` is what the server's own views show. */
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
  // A connection that breaks, idle or in use, is no reason to die: the pool drops it, and its query reports what is wrong.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new ServiceDialect({ pool: tellingPool(pool, writes) });
}

type Parser = (text: string) => unknown;

// PostgreSQL's own number for the type bigint.
const INT8 = 20;
const parserOf = pg.types.getTypeParser as (type: number, format?: string) => Parser;

// Our bigints are epoch milliseconds and small counts, exact as numbers, and numbers is what SQLite gives.
const numbersForBigints = (type: number, format?: string): Parser =>
  type === INT8 ? Number : parserOf(type, format);

class ServiceDialect extends PostgresDialect {
  override createAdapter(): DialectAdapter {
    return new ServiceAdapter();
  }
}

// A long migration, and waiting for one in another process, are not runaway statements.
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
