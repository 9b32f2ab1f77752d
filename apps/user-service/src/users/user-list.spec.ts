import { sql, type Kysely } from 'kysely';
import { isPostgres, migrate, openDatabase, slowStepsOf, type Page } from '#service-kit';
import type { User } from '#shop-contracts';
import { bootForTest, call, onBothStores, type TestApp } from '#testing';
import { userService } from '../user-service.app.js';
import { insertUsers } from './insert-users.js';
import { filtersOf, UserListQueryDto } from './user-list.query.js';
import { migrations, USER_LIST, type UserSchema } from './user.table.js';

const START = Date.parse('2026-01-01T00:00:00Z');
const NAMES = ['Ada Lovelace', '김민지', 'Jürgen Groß'];

const user = (n: number) => ({
  name: `${NAMES[n % 3]!} ${n % 50}`,
  email: `user${n}@example.com`,
  createdAt: START + n * 1000,
});

onBothStores('the list of users', (store) => {
  let database: Kysely<UserSchema>;
  let app: TestApp;
  const get = async (query: string) => (await call(app.url, `GET /users${query}`)).body as Page<User>;
  const find = async (q: string) =>
    (await get(`?q=${encodeURIComponent(q)}&sort=-createdAt&limit=200`)).items.map(({ name }) => name);

  beforeAll(async () => {
    const storage = await store.createStorage();
    database = await openDatabase<UserSchema>(storage, 'user-service');
    await migrate(database, 'user-service', migrations);
    for (let start = 0; start < 10_000; start += 1000)
      await insertUsers(
        database,
        Array.from({ length: 1000 }, (_, n) => user(start + n)),
      );
    if (isPostgres(database)) await sql`analyze`.execute(database);
    app = await bootForTest(userService, { DATABASE_URL: storage.databaseUrl, DATA_DIR: storage.dataDir });
  }, 60_000);
  afterAll(async () => {
    await app.close();
    await database.destroy();
  });

  it.each([
    {},
    { sort: '-createdAt' },
    { sort: 'name' },
    { sort: '-name' },
    { q: 'lovelace' },
    { q: 'lovelace', sort: '-createdAt' },
    { createdFrom: '2026-01-01T01:00:00Z', sort: '-createdAt' },
  ])('is read along an index for %j', async (members) => {
    const query = Object.assign(new UserListQueryDto(), members);
    const request = { filters: filtersOf(query), sort: query.sort, offset: 60 };
    expect(await slowStepsOf(database, USER_LIST, request)).toEqual([]);
  });

  it('finds a user by the address, in any case', async () => {
    const { items, nextCursor } = await get('?email=USER7@Example.com&sort=name');
    expect([items.map(({ email }) => email), nextCursor]).toEqual([['user7@example.com'], null]);
    expect((await get('?email=nothing@example.com')).items).toEqual([]);
  });

  it('finds users by words of name and address, in any case and script', async () => {
    expect(await find('user4 ADA')).toEqual([]);
    expect(await find('user3 ada')).toEqual(['Ada Lovelace 3']);
    for (const q of ['jürgen GROß 5', 'JÜRGEN gross 5'])
      expect(new Set(await find(q))).toEqual(new Set(['Jürgen Groß 5']));
    expect((await find('김민지 7'))[0]).toBe('김민지 7');
  });

  it('finds users by their current words only', async () => {
    const body = { name: 'Grace Hopper', email: 'grace@example.com' };
    const { id } = (await call(app.url, 'POST /users', { body })).body as User;
    expect(await find('hopper')).toEqual(['Grace Hopper']);
    await call(app.url, `PATCH /users/${id}`, { body: { name: 'Grace Murray' } });
    expect(await find('hopper')).toEqual([]);
    expect(await find('murray grace')).toEqual(['Grace Murray']);
    await call(app.url, `DELETE /users/${id}`);
    expect(await find('murray')).toEqual([]);
  });

  it.each([
    ['q=!', '/q'],
    ['q=', '/q'],
    ['email=', '/email'],
    ['sort=email', '/sort'],
    ['createdTo=2026-01-01', '/createdTo'],
  ])('refuses ?%s and names %s', async (query, pointer) => {
    const { status, body } = await call(app.url, `GET /users?${query}`);
    expect([status, (body as { errors: unknown[] }).errors]).toMatchObject([400, [{ pointer }]]);
  });
});
