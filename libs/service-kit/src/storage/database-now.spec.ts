import type { Kysely } from 'kysely';
import { onBothStores } from '#testing';
import { openDatabase } from './database.js';
import { databaseNow } from './database-now.js';

onBothStores('the time of the database', (store) => {
  let database: Kysely<unknown>;

  beforeEach(async () => {
    database = await openDatabase(await store.createStorage(), 'clock');
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await database.destroy();
  });

  const now = async (): Promise<number> =>
    (await database.selectNoFrom(databaseNow(database).as('now')).executeTakeFirstOrThrow()).now;

  it('is in epoch milliseconds and independent of the clock of this process', async () => {
    const before = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(before + 30_000);

    expect(Math.abs((await now()) - before)).toBeLessThan(5000);
    expect(Number.isInteger(await now())).toBe(true);
  });
});
