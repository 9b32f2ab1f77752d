import { Injectable } from '@nestjs/common';
import {
  changeVersioned,
  newId,
  requireUnchanged,
  Versioned,
  type ListQueryDto,
  type Page,
  type Preconditions,
} from '#service-kit';
import type {
  SampleItem,
  SampleItemDto,
  SampleItemPatchDto,
  SampleItemReplacementDto,
} from './sample-item.js';
import type { SampleItemRow } from './sample-item.table.js';
import { noSuchSampleItem } from './sample-items.problems.js';
import { SampleItemsRepository, type SampleItemFields } from './sample-items.repository.js';

/** Operations on sample items. */
@Injectable()
export class SampleItemsService {
  constructor(private readonly repository: SampleItemsRepository) {}

  list(query: ListQueryDto): Promise<Page<SampleItem>> {
    return this.repository.list(query, toSampleItem);
  }

  async get(id: string): Promise<Versioned<SampleItem>> {
    return versioned(await this.find(id));
  }

  async create(body: SampleItemDto): Promise<Versioned<SampleItem>> {
    const now = Date.now();
    const row = { ...allFields(body), id: newId(), version: 1, created_at: now, updated_at: now };
    return versioned(await this.repository.insert(row));
  }

  /**
   * Replaces every member; an omitted description is removed.
   * @throws Problem As {@link merge}
   */
  replace(
    id: string,
    body: SampleItemReplacementDto,
    preconditions: Preconditions,
  ): Promise<Versioned<SampleItem>> {
    return this.write(id, body, allFields(body), preconditions);
  }

  /**
   * Writes only the members in `changes`.
   * @throws Problem `not-found`, `precondition-failed`, or `validation-failed` for a read-only member
   */
  merge(
    id: string,
    changes: SampleItemPatchDto,
    preconditions: Preconditions,
  ): Promise<Versioned<SampleItem>> {
    return this.write(id, changes, fieldsIn(changes), preconditions);
  }

  async remove(id: string, preconditions: Preconditions): Promise<void> {
    await changeVersioned({
      preconditions,
      find: () => this.find(id),
      write: (current) => this.repository.remove(current),
    });
  }

  private async write(
    id: string,
    sent: SampleItemPatchDto,
    fields: Partial<SampleItemFields>,
    preconditions: Preconditions,
  ): Promise<Versioned<SampleItem>> {
    const row = await changeVersioned({
      preconditions,
      find: () => this.find(id),
      write: (current) => {
        requireUnchanged(toSampleItem(current), sent);
        return this.repository.update(current, fields, Date.now());
      },
    });
    return versioned(row);
  }

  private async find(id: string): Promise<SampleItemRow> {
    const row = await this.repository.find(id);
    if (!row) throw noSuchSampleItem();
    return row;
  }
}

const allFields = (body: SampleItemDto): SampleItemFields => ({
  name: body.name,
  description: body.description ?? null,
});

const fieldsIn = (changes: SampleItemPatchDto): Partial<SampleItemFields> => ({
  ...(changes.name !== undefined && { name: changes.name }),
  ...(changes.description !== undefined && { description: changes.description }),
});

const toSampleItem = (row: SampleItemRow): SampleItem => ({
  id: row.id,
  name: row.name,
  description: row.description,
  createdAt: new Date(row.created_at).toISOString(),
  updatedAt: new Date(row.updated_at).toISOString(),
});

const versioned = (row: SampleItemRow): Versioned<SampleItem> =>
  new Versioned(row.version, toSampleItem(row));
