import { createListIndexes, type ListDefinition, type Migrations } from '#service-kit';

/** A row of `sample_items`. Times are epoch milliseconds. */
export interface SampleItemRow {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly version: number;
  readonly created_at: number;
  readonly updated_at: number;
}

/** Tables of the sample item service. */
export interface SampleItemSchema {
  readonly sample_items: SampleItemRow;
}

/** The list of sample items. A sort that is added here needs an index in a new migration. */
export const SAMPLE_ITEM_LIST: ListDefinition = {
  table: 'sample_items',
  sorts: { createdAt: 'created_at' },
  indexedFilters: [],
};

/** For the embedded store and for PostgreSQL. A migration that has run anywhere is not changed: add the next one. */
export const migrations: Migrations = {
  '0001-sample-items': {
    up: async (db) => {
      await db.schema
        .createTable('sample_items')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('description', 'text')
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('updated_at', 'bigint', (column) => column.notNull())
        .execute();
      await createListIndexes(db, 'sample_items', ['created_at']);
    },
  },
};
