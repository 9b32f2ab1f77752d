import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { InjectDatabase, type Keyset } from '#service-kit';
import type { SampleItemRow, SampleItemSchema } from './sample-item.table.js';

/** The members of a sample item that clients set. */
export type SampleItemFields = Pick<SampleItemRow, 'name' | 'description'>;

/** Sample item rows by id. */
@Injectable()
export class SampleItemsRepository {
  constructor(@InjectDatabase() private readonly database: Kysely<SampleItemSchema>) {}

  list({ after, limit }: Keyset): Promise<SampleItemRow[]> {
    const rows = this.database.selectFrom('sample_items').selectAll();
    return rows.where('id', '>', after).orderBy('id').limit(limit).execute();
  }

  find(id: string): Promise<SampleItemRow | undefined> {
    return this.database.selectFrom('sample_items').selectAll().where('id', '=', id).executeTakeFirst();
  }

  insert(row: SampleItemRow): Promise<SampleItemRow> {
    return this.database.insertInto('sample_items').values(row).returningAll().executeTakeFirstOrThrow();
  }

  /** `undefined`: the row is gone, or has another version than `current`. */
  update(
    { id, version }: SampleItemRow,
    fields: Partial<SampleItemFields>,
    now: number,
  ): Promise<SampleItemRow | undefined> {
    return this.database
      .updateTable('sample_items')
      .set({ ...fields, version: version + 1, updated_at: now })
      .where('id', '=', id)
      .where('version', '=', version)
      .returningAll()
      .executeTakeFirst();
  }

  /** `undefined` as in {@link update}. */
  remove({ id, version }: SampleItemRow): Promise<SampleItemRow | undefined> {
    return this.database
      .deleteFrom('sample_items')
      .where('id', '=', id)
      .where('version', '=', version)
      .returningAll()
      .executeTakeFirst();
  }
}
