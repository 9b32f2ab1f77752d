import { sql, type RawBuilder, type SelectQueryBuilder } from 'kysely';
import { MAX_COUNTED_EVENTS } from '#contracts';

/** A subquery for the number of `rows`. It stops one above {@link MAX_COUNTED_EVENTS}, so that its cost has a limit. */
export const countUpToLimit = <Schema, Table extends keyof Schema, Row>(
  rows: SelectQueryBuilder<Schema, Table, Row>,
): RawBuilder<number | string> =>
  sql`(select count(*) from ${rows.limit(MAX_COUNTED_EVENTS + 1)} as counted)`;
