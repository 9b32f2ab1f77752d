import type { Kysely } from 'kysely';
import { migrationTablesOf } from './migrate.js';

type LockTables = Readonly<Record<string, { readonly id: string }>>;

// A write into space that the database has already allocated on disk proves nothing: these rows take several pages.
const ROWS = Array.from({ length: 64 }, (_, n) => ({ id: `trial-write-${n}-`.padEnd(250, 'x') }));

/**
 * Writes to the store of the service `name` and removes the rows, in one transaction. It uses the lock table of the
 * migrations: every store has it, and nothing else writes to it while services run.
 */
export async function trialWrite(database: Kysely<unknown>, name: string): Promise<void> {
  const { migrationLockTableName: table } = migrationTablesOf(name);
  await (database as Kysely<LockTables>).transaction().execute(async (trx) => {
    await trx.insertInto(table).values(ROWS).execute();
    await trx.deleteFrom(table).where('id', 'like', 'trial-write-%').execute();
  });
}
