/**
 * `node bench/lists.mjs [--rows 1000,1000000] [--store libsql,postgresql] [--list orders,products]`: the time of one
 * page of 50 items at the start, in the middle and at the end of lists of two sizes. It fills stores of its own in the
 * temporary folder, starts a PostgreSQL server of its own, and needs a build.
 */
import { rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { openDatabase } from '#service-kit';
import { startPostgres } from '#testing';
import { LISTS } from './lib/lists.mjs';
import { median } from './lib/median.mjs';
import { seedStores } from '../scripts/seed/bulk.mjs';
import { encodeCursor, pageRows, planWalk, positionOf, readList } from './lib/list-internals.mjs';

const RUNS = 31;
/** Orders that are copied to fill a large embedded store. */
const COPIED = 20_000;
const REFERRED = 1000;

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000,1000000' },
    store: { type: 'string', default: 'libsql,postgresql' },
    list: { type: 'string', default: 'orders,products' },
  },
});

/** @returns median milliseconds of one page */
async function timeOf(read) {
  const times = [];
  for (let run = 0; run < RUNS / 3; run += 1) await read();
  for (let run = 0; run < RUNS; run += 1) {
    const started = performance.now();
    await read();
    times.push(performance.now() - started);
  }
  return median(times);
}

/** The cursor of the page after `offset` rows. */
async function cursorAt(database, list, walk, offset) {
  const [row] = await pageRows(database, list, walk, 1).offset(offset).execute();
  return row && encodeCursor(positionOf(row), walk.binding);
}

async function measure(database, { list, filtersOf, queries }, rows) {
  const samples = await database.selectFrom(list.table).selectAll().limit(1).offset(7).execute();
  for (const [name, query] of Object.entries(queries(samples[0]))) {
    const filters = filtersOf(query);
    const walk = planWalk(list, filters, query.sort);
    const request = { query: { limit: 50, ...query }, filters };
    const { count } = await readList(
      database,
      list,
      { ...request, query: { ...request.query, count: 'exact' } },
      (row) => row,
    );
    const times = [await timeOf(() => readList(database, list, request, (row) => row))];
    for (const offset of [Math.floor(count / 2), Math.max(0, count - 60)]) {
      const cursor = await cursorAt(database, list, walk, offset);
      const after = { query: { ...request.query, ...(cursor && { cursor }) }, filters };
      times.push(await timeOf(() => readList(database, list, after, (row) => row)));
    }
    const cells = [name, rows, count, ...times.map((time) => time.toFixed(2))];
    console.log(
      `| ${cells.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en-US') : cell)).join(' | ')} |`,
    );
  }
}

/** Copies the orders of an embedded store until there are `rows`, with new ids and earlier times. */
async function growOrders(database, copies) {
  const columns = (await database.introspection.getTables())
    .find(({ name }) => name === 'orders')
    .columns.map(({ name }) => name)
    .filter((name) => !['id', 'created_at', 'sort_total'].includes(name));
  const others = sql.join(columns.map((name) => sql.ref(name)));
  await sql`pragma cache_size = -1000000`.execute(database);
  for (let copy = 1; copy < copies; copy += 1)
    await sql`insert into orders (id, created_at, ${others})
              select substr(id, 1, 24) || printf('%012x', random() & 281474976710655),
                     created_at - ${copy * COPIED * 1000}, ${others}
              from (select * from orders order by rowid limit ${COPIED})`.execute(database);
}

async function run(store, rows) {
  const folder = mkdtempSync(join(tmpdir(), 'lists-'));
  const server = store === 'postgresql' ? await startPostgres() : undefined;
  try {
    for (const name of values.list.split(',')) {
      const storage = {
        databaseUrl: await server?.createDatabase(),
        dataDir: join(folder, name),
        sync: 'normal',
      };
      const others = { users: REFERRED, products: REFERRED };
      const copies = store === 'libsql' && name === 'orders' && rows > COPIED ? Math.round(rows / COPIED) : 1;
      await seedStores(storage, name === 'orders' ? { ...others, orders: rows / copies } : { [name]: rows });
      const database = await openDatabase(storage, LISTS[name].service);
      if (copies > 1) await growOrders(database, copies);
      if (server) await sql`analyze`.execute(database);
      console.log(
        `\n${store}, ${name}\n\n| query | rows | matches | start, ms | middle, ms | end, ms |\n|---|---:|---:|---:|---:|---:|`,
      );
      await measure(database, LISTS[name], rows);
      await database.destroy();
    }
  } finally {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const store of values.store.split(','))
  for (const rows of values.rows.split(',').map(Number)) await run(store, rows);
