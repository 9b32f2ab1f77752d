import {
  addWordsOfAll,
  createEventTables,
  createListIndexes,
  createLookupTable,
  type ListDefinition,
  type LookupTable,
  type Migrations,
} from '#service-kit';

/** A row of `users`. Times are epoch milliseconds. */
export interface UserRow {
  readonly id: string;
  /** As the user wrote it. */
  readonly email: string;
  /** Normalised for comparison; unique. */
  readonly email_key: string;
  readonly name: string;
  readonly version: number;
  readonly created_at: number;
  readonly updated_at: number;
}

/** Tables of the user service. */
export interface UserSchema {
  readonly users: UserRow;
}

/** `/users` */
export const USER_LIST: ListDefinition = {
  table: 'users',
  sorts: { createdAt: 'created_at', name: 'name' },
  textSorts: ['name'],
  indexedFilters: ['email_key'],
};

/** The words by which users are found. */
export const USER_WORDS: LookupTable = { table: 'user_words', key: 'word', id: 'user_id' };

export const textOfUser = ({ name, email }: UserRow): string => `${name} ${email}`;

export const migrations: Migrations = {
  '0001-users': {
    up: (db) =>
      db.schema
        .createTable('users')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('email', 'text', (column) => column.notNull())
        .addColumn('email_key', 'text', (column) => column.notNull().unique())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('updated_at', 'bigint', (column) => column.notNull())
        .execute(),
  },
  '0002-lists': {
    up: async (db) => {
      await createListIndexes(db, 'users', ['created_at', 'name']);
      await createLookupTable(db, USER_WORDS, 'users');
      await addWordsOfAll(db, USER_WORDS, 'users', textOfUser);
    },
  },
  // From before the kit did this itself.
  '0003-events': { up: (db) => createEventTables(db, 'user-service') },
  '0004-parked-index': { up: (db) => createEventTables(db, 'user-service') },
};
