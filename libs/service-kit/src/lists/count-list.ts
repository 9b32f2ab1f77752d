import { sql, type Kysely, type RawBuilder } from 'kysely';
import { isPostgres } from '../storage/database-now.js';
import type { CountKind } from './list-query.dto.js';
import type { ListDefinition, ListFilters } from './list-definition.js';
import { matchingRows, type AnyTables, type Rows } from './list-rows.js';
import { allConditions, equals, planWalk, type Condition } from './list-walk.js';

/** Up to this number an estimate is exact, if an index serves all filters. */
const MAX_COUNTED = 10_000;

/** How many rows the whole list has. An estimate takes bounded time for any number of rows. */
export async function countList(
  database: Kysely<AnyTables>,
  list: ListDefinition,
  filters: ListFilters,
  kind: CountKind,
): Promise<number> {
  const walk = planWalk(list, filters, undefined);
  const rows = matchingRows(database, list, walk);
  if (kind === 'exact') return countOf(database, rows);
  if (walk.residual.length === 0) {
    const few = await countOf(database, rows.limit(MAX_COUNTED + 1));
    if (few <= MAX_COUNTED) return few;
  }
  if (isPostgres(database)) return plannedRows(rows);
  return (await sampledRows(database, list, allConditions(list, filters))) ?? countOf(database, rows);
}

async function countOf(database: Kysely<AnyTables>, rows: Rows): Promise<number> {
  const counted = database
    .selectFrom(rows.select(sql<number>`1`.as('one')).as('counted'))
    .select((eb) => eb.fn.countAll<number>().as('count'));
  return (await counted.executeTakeFirstOrThrow()).count;
}

/** What PostgreSQL's planner expects from its statistics. */
async function plannedRows(rows: Rows): Promise<number> {
  const [explained] = await rows.selectAll().explain<{ 'QUERY PLAN': readonly Explained[] }>('json');
  return explained?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0;
}

interface Explained {
  readonly Plan: { readonly 'Plan Rows': number };
}

const SAMPLES = 10;
const SAMPLE_ROWS = 1000;

/**
 * The share of matching rows in samples of the embedded store, times the number of its rows. It has no planner that
 * estimates; its tables have consecutive row numbers, apart from gaps that deletions leave. `undefined` for a table that is
 * not larger than the samples.
 */
async function sampledRows(
  database: Kysely<AnyTables>,
  { table, visible }: ListDefinition,
  conditions: readonly Condition[],
): Promise<number | undefined> {
  // A scalar subquery, so that the embedded store recognises a read, which needs no write lock.
  const scalar = async (query: RawBuilder<number>): Promise<number> =>
    (await database.selectNoFrom(sql<number>`(${query})`.as('value')).executeTakeFirstOrThrow()).value;
  const last = await scalar(sql`select coalesce(max(rowid), 0) from ${sql.table(table)}`);
  if (last <= SAMPLES * SAMPLE_ROWS) return undefined;
  const isVisible = visible ? [equals(table, visible.column, visible.value)] : [];
  const where = sql.join([...conditions, ...isVisible, sql`1 = 1`], sql` and `);
  let found = 0;
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const from = Math.floor(((last - SAMPLE_ROWS) * sample) / (SAMPLES - 1));
    found += await scalar(
      // The index of a filter would lead to all of its rows, not only to those of the sample.
      sql`select count(*) from ${sql.table(table)} not indexed
          where rowid > ${from} and rowid <= ${from + SAMPLE_ROWS} and ${where}`,
    );
  }
  return Math.round((found * last) / (SAMPLES * SAMPLE_ROWS));
}
