import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { creationTimes, InjectDatabase, readList, type ListQueryDto, type Page } from '#service-kit';
import { SAMPLE_ITEM_LIST, type SampleItemRow, type SampleItemSchema } from './sample-item.table.js';

/** The members of a sample item that clients set. */
export type SampleItemFields = Pick<SampleItemRow, 'name' | 'description'>;

/** Sample item rows by id. */
@Injectable()
export class SampleItemsRepository {
  constructor(@InjectDatabase() private readonly database: Kysely<SampleItemSchema>) {}

  list<Item>(query: ListQueryDto, toItem: (row: SampleItemRow) => Item): Promise<Page<Item>> {
    const filters = { ranges: { createdAt: creationTimes(query) } };
    return readList(this.database, SAMPLE_ITEM_LIST, { query, filters }, toItem);
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
