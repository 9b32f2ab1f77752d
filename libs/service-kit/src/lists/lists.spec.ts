import { sql, type Kysely } from 'kysely';
import { onBothStores } from '#testing';
import { openDatabase } from '../storage/database.js';
import { migrate, type Migrations } from '../storage/migrate.js';
import { newId } from '../storage/new-id.js';
import type { ListDefinition, ListFilters, LookupTable } from './list-definition.js';
import { createListIndexes, createLookupTable } from './list-tables.js';
import { encodeCursor } from './cursor.js';
import type { ListQueryDto } from './list-query.dto.js';
import type { Page } from './page.js';
import { planWalk } from './list-walk.js';
import { MAX_EXAMINED_ROWS, readList } from './read-list.js';
import { addWords, wordsOf } from './words.js';

interface Note {
  readonly id: string;
  readonly text: string;
  readonly colour: string;
  readonly stars: number;
  readonly created_at: number;
}

interface Schema {
  notes: Note;
}

const WORDS: LookupTable = { table: 'note_words', key: 'word', id: 'note_id' };

const NOTES: ListDefinition = {
  table: 'notes',
  sorts: { createdAt: 'created_at', stars: 'stars' },
  indexedFilters: ['colour'],
};

const migrations: Migrations = {
  '0001-notes': {
    up: async (db) => {
      await db.schema
        .createTable('notes')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('text', 'text', (column) => column.notNull())
        .addColumn('colour', 'text', (column) => column.notNull())
        .addColumn('stars', 'integer', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .execute();
      await createListIndexes(db, 'notes', ['created_at', 'stars'], ['colour']);
      await createLookupTable(db, WORDS, 'notes');
    },
  },
};

const COLOURS = ['red', 'green', 'blue'];

/** Note `n`; several have the same time and the same number of stars. */
const note = (n: number): Note => ({
  id: newId(),
  text: `note ${n} ${n % 2 === 0 ? 'even' : 'odd'}`,
  colour: COLOURS[n % 3]!,
  stars: n % 4,
  created_at: 1_800_000_000_000 + Math.floor(n / 5),
});

onBothStores('a list', (store) => {
  let database: Kysely<Schema>;

  beforeEach(async () => {
    database = await openDatabase<Schema>(await store.createStorage(), 'note-service');
    await migrate(database, 'note-service', migrations);
  });
  afterEach(() => database.destroy());

  const add = async (notes: readonly Note[]) => {
    for (let start = 0; start < notes.length; start += 1000) {
      const part = notes.slice(start, start + 1000);
      await database.insertInto('notes').values(part).execute();
      await addWords<Note, Schema>(database, WORDS, part, ({ text }) => text);
    }
  };
  const read = (query: Partial<ListQueryDto> = {}, filters: ListFilters = {}): Promise<Page<Note>> =>
    readList(database, NOTES, { query: { limit: 50, ...query }, filters }, ({ id, ...row }: Note) => {
      const { text, colour, stars, created_at } = row;
      return { id, text, colour, stars, created_at };
    });
  const readAll = async (query: Partial<ListQueryDto>, filters: ListFilters = {}): Promise<Note[]> => {
    const all: Note[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await read({ ...query, ...(cursor !== undefined && { cursor }) }, filters);
      all.push(...page.items);
      if (page.nextCursor === null) return all;
      cursor = page.nextCursor;
    }
  };
  const invalid = { code: 'invalid-cursor', status: 400, errors: [{ pointer: '/cursor' }] };

  it('pages through rows in the order of their ids', async () => {
    const notes = Array.from({ length: 7 }, (_, n) => note(n));
    await add(notes);
    expect(await readAll({ limit: 3 })).toEqual(notes);
    const first = await read({ limit: 3 });
    expect(Buffer.from(first.nextCursor!, 'base64url').toString()).toBe(notes[2]!.id);
  });

  it.each(['createdAt', 'stars'] as const)('is complete in the order of %s, both ways', async (sort) => {
    const notes = Array.from({ length: 60 }, (_, n) => note(n));
    await add(notes);
    const column = sort === 'stars' ? 'stars' : 'created_at';
    const sorted = [...notes].sort((a, b) => a[column] - b[column] || (a.id < b.id ? -1 : 1));
    for (const equal of [{}, { colour: 'red' }]) {
      const expected = sorted.filter(({ colour }) => equal.colour === undefined || colour === equal.colour);
      expect(await readAll({ sort, limit: 7 }, { equal })).toEqual(expected);
      expect(await readAll({ sort: `-${sort}`, limit: 7 }, { equal })).toEqual(expected.reverse());
    }
  });

  it('filters by ranges, words and columns without an index, alone and together', async () => {
    const notes = Array.from({ length: 60 }, (_, n) => note(n));
    await add(notes);
    const lookup = { by: WORDS, keys: wordsOf('EVEN Note') };
    const ranges = { stars: { min: 1, max: 2 } };
    const expected = notes.filter(({ text, stars }) => text.includes('even') && stars >= 1 && stars <= 2);
    expect(expected.length).toBeGreaterThan(10);
    for (const sort of ['createdAt', 'stars', '-createdAt', '-stars'])
      expect(new Set(await readAll({ sort, limit: 4 }, { lookup, ranges }))).toEqual(new Set(expected));
    expect(await readAll({ limit: 4 }, { lookup, ranges })).toEqual(expected);
    const text = notes[8]!.text;
    expect(await readAll({}, { equal: { text, colour: 'blue' } })).toEqual([notes[8]]);
    expect(await readAll({}, { equal: { text, colour: 'red' } })).toEqual([]);
  });

  it('neither repeats nor loses a row while rows are added', async () => {
    const notes = Array.from({ length: 20 }, (_, n) => note(n));
    await add(notes);
    const first = await read({ sort: '-createdAt', limit: 10 });
    await add([note(3), note(12), note(99)]);
    const rest = await read({ sort: '-createdAt', limit: 50, cursor: first.nextCursor! });
    const seen = [...first.items, ...rest.items].map(({ id }) => id);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(notes.map(({ id }) => id)));
  });

  it('refuses the cursor of another query', async () => {
    await add(Array.from({ length: 9 }, (_, n) => note(n)));
    const red = { equal: { colour: 'red' } };
    const { nextCursor } = await read({ sort: 'stars', limit: 1 }, red);
    const cursor = nextCursor!;
    expect((await read({ sort: 'stars', limit: 2, cursor }, red)).items).toHaveLength(2);
    const plain = (await read({ limit: 1 })).nextCursor!;
    const others: [Partial<ListQueryDto>, ListFilters][] = [
      [{ sort: '-stars', cursor }, red],
      [{ sort: 'stars', cursor }, { equal: { colour: 'blue' } }],
      [{ sort: 'stars', cursor }, {}],
      [{ cursor }, {}],
      [{ sort: 'stars', cursor: plain }, {}],
      [{ cursor }, { scope: { colour: 'red' } }],
    ];
    for (const [query, filters] of others) await expect(read(query, filters)).rejects.toMatchObject(invalid);
  });

  it.each(['garbage', '', 'bm90LWFuLWlk', '%%%', '\0'])('refuses the cursor %j', async (cursor) => {
    await expect(read({ cursor })).rejects.toMatchObject(invalid);
    await expect(read({ cursor, sort: 'stars' })).rejects.toMatchObject(invalid);
  });

  it('refuses a cursor whose position was changed', async () => {
    await add(Array.from({ length: 9 }, (_, n) => note(n)));
    const { nextCursor } = await read({ sort: 'stars', limit: 1 });
    const [checksum, , id] = JSON.parse(Buffer.from(nextCursor!, 'base64url').toString()) as unknown[];
    const cursor = Buffer.from(JSON.stringify([checksum, 'DROP', id])).toString('base64url');
    await expect(read({ sort: 'stars', cursor })).rejects.toMatchObject(invalid);
  });

  it.each([true, null, {}, 1.5, 'x', 2 ** 60])(
    'refuses a cursor with the value %j and its checksum',
    async (value) => {
      const position = { value: value as number, id: note(1).id };
      const { binding } = planWalk(NOTES, {}, 'stars');
      await expect(read({ sort: 'stars', cursor: encodeCursor(position, binding) })).rejects.toMatchObject(
        invalid,
      );
    },
  );

  it('continues after a value that is larger than the type of the column', async () => {
    await add([note(1)]);
    const { binding } = planWalk(NOTES, {}, 'stars');
    const cursor = encodeCursor({ value: 2 ** 40, id: note(1).id }, binding);
    expect((await read({ sort: 'stars', cursor })).items).toEqual([]);
  });

  it('cuts long words between characters', async () => {
    const long = 'x'.repeat(63);
    const text = `${long}\u{20000} ${long}\u{20400}`;
    await add([{ ...note(1), text }]);
    expect((await read({}, { lookup: { by: WORDS, keys: wordsOf(`${long}\u{20400}`) } })).items).toHaveLength(
      1,
    );
  });

  it.each([5, 900])('estimates how many of %d rows a filter without an index selects', async (count) => {
    await add(Array.from({ length: count }, (_, n) => note(n)));
    await sql`analyze notes`.execute(database);
    const page = await read({ count: 'estimate', limit: 1 }, { equal: { text: note(0).text } });
    expect(page.count).toBe(1);
  });

  it('ends a page after a number of rows that a filter leaves out, and continues there', async () => {
    const count = MAX_EXAMINED_ROWS + 5;
    const rare = { ...note(count), text: 'rare' };
    await add([...Array.from({ length: count }, (_, n) => note(n)), rare]);
    const filters = { equal: { text: 'rare' } };
    const first = await read({}, filters);
    expect(first.items).toEqual([]);
    const second = await read({ cursor: first.nextCursor! }, filters);
    expect(second).toEqual({ items: [rare], nextCursor: null });
  });

  it('counts on request: exactly, or an estimate', async () => {
    await add(Array.from({ length: 12_000 }, (_, n) => note(n)));
    expect(await read({ limit: 1 })).not.toHaveProperty('count');
    const red = { equal: { colour: 'red' } };
    expect(await read({ limit: 1, count: 'exact' })).toMatchObject({ count: 12_000 });
    expect(await read({ limit: 1, count: 'exact' }, red)).toMatchObject({ count: 4000 });
    expect(await read({ limit: 1, count: 'estimate' }, red)).toMatchObject({ count: 4000 });
    const lookup = { by: WORDS, keys: ['odd'] };
    expect(await read({ limit: 1, count: 'exact' }, { lookup, ...red })).toMatchObject({ count: 2000 });
    const { count } = await read({ limit: 1, count: 'estimate' });
    expect(count! / 12_000).toBeGreaterThan(0.5);
    expect(count! / 12_000).toBeLessThan(2);
  });
});
