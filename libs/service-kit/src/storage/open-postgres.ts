import pg from 'pg';
import {
  PostgresAdapter,
  PostgresDialect,
  PostgresDriver,
  sql,
  type DatabaseConnection,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type MigrationLockOptions,
  type PostgresDialectConfig,
} from 'kysely';
import { storageAway } from './storage.problems.js';

const CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 5000;
const STATEMENT_TIMEOUT_MS = 15_000;

/** PostgreSQL at `url` through a pool; nothing is connected yet. `name` is what the server's own views show. */
export function openPostgres(url: string, name: string): PostgresDialect {
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
  // An idle connection that breaks is no reason to die: the pool has dropped it, and the next query reports what is wrong.
  pool.on('error', () => undefined);
  return new ServiceDialect({ pool });
}

type Parser = (text: string) => unknown;

// PostgreSQL's own number for the type bigint.
const INT8 = 20;
const parserOf = pg.types.getTypeParser as (type: number, format?: string) => Parser;

// Our bigints are epoch milliseconds and small counts, exact as numbers, and numbers is what SQLite gives.
const numbersForBigints = (type: number, format?: string): Parser =>
  type === INT8 ? Number : parserOf(type, format);

class ServiceDialect extends PostgresDialect {
  constructor(private readonly config: PostgresDialectConfig) {
    super(config);
  }

  override createDriver(): Driver {
    return new ServiceDriver(this.config);
  }

  override createAdapter(): DialectAdapter {
    return new ServiceAdapter();
  }
}

class ServiceDriver extends PostgresDriver {
  override async acquireConnection(): Promise<DatabaseConnection> {
    try {
      return await super.acquireConnection();
    } catch (error) {
      throw storageAway(error);
    }
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
