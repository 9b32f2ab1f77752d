import { PostgresAdapter, sql, type Kysely, type RawBuilder } from 'kysely';

/** Whether the store is PostgreSQL; otherwise it is the embedded store. */
export const isPostgres = <Schema>(database: Kysely<Schema>): boolean =>
  database.getExecutor().adapter instanceof PostgresAdapter;

/**
 * The database's time in epoch milliseconds, as an SQL expression. Processes that share a database compare times by
 * this one clock, because their own clocks may differ. It is constant within one statement.
 *
 * @example
 * database.selectFrom('jobs').where('due_at', '<=', databaseNow(database));
 */
export const databaseNow = <Schema>(database: Kysely<Schema>): RawBuilder<number> =>
  isPostgres(database)
    ? sql<number>`(extract(epoch from statement_timestamp()) * 1000)::bigint`
    : sql<number>`cast(unixepoch('subsec') * 1000 as integer)`;
