import type Libsql from 'libsql';
import {
  SelectQueryNode,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type CompiledQuery,
  type DatabaseConnection,
  type DialectAdapter,
  type Driver,
  type QueryResult,
} from 'kysely';
import type { StoreWrites } from './store-writes.js';
import { retryWhileBusy } from './retry-while-busy.js';

/** SQLite through libsql, for files that other processes have open at the same time. */
export class LibsqlDialect extends SqliteDialect {
  constructor(
    private readonly database: Libsql.Database,
    private readonly writes: StoreWrites,
  ) {
    super({ database });
  }

  override createDriver(): Driver {
    return new LibsqlDriver(this.database, this.writes);
  }

  override createAdapter(): DialectAdapter {
    return new LibsqlAdapter();
  }
}

/**
 * Acquires the write lock before anything is written: a transaction that reads first and writes later could not wait
 * for the lock (SQLITE_BUSY_SNAPSHOT). It uses `exec`, because a prepared statement of libsql that met SQLITE_BUSY
 * stays in progress, with its snapshot, until it is garbage collected (tursodatabase/libsql-client-ts#352).
 */
class LibsqlDriver extends SqliteDriver {
  constructor(
    private readonly database: Libsql.Database,
    private readonly writes: StoreWrites,
  ) {
    super({ database });
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    return new LibsqlConnection(this.database, this.writes, await super.acquireConnection());
  }

  override async beginTransaction(): Promise<void> {
    await this.writes.run(() => begin(this.database));
  }

  override async commitTransaction(): Promise<void> {
    await this.writes.run(() => this.database.exec('commit'));
  }

  override rollbackTransaction(): Promise<void> {
    rollback(this.database);
    return Promise.resolve();
  }
}

class LibsqlConnection implements DatabaseConnection {
  constructor(
    private readonly database: Libsql.Database,
    private readonly writes: StoreWrites,
    private readonly connection: DatabaseConnection,
  ) {}

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (SelectQueryNode.is(query.query)) return this.connection.executeQuery<R>(query);
    return this.writes.run(() => this.write<R>(query));
  }

  private async write<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.database.inTransaction) return this.connection.executeQuery<R>(query);
    await begin(this.database);
    try {
      const result = await this.connection.executeQuery<R>(query);
      this.database.exec('commit');
      return result;
    } catch (error) {
      rollback(this.database);
      throw error;
    }
  }

  streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    return this.connection.streamQuery(query, chunkSize);
  }
}

const begin = (database: Libsql.Database) => retryWhileBusy(() => database.exec('begin immediate'));

// After some errors, such as a full disk, SQLite has already rolled back.
function rollback(database: Libsql.Database): void {
  if (database.inTransaction) database.exec('rollback');
}

// Kysely then migrates inside one transaction, whose write lock excludes other processes that start at the same time.
class LibsqlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
