import { sql, type Kysely } from 'kysely';
import { isPostgres, migrate, openDatabase, slowStepsOf, type Page } from '#service-kit';
import type { Order } from '#shop-contracts';
import { bootForTest, call, onBothStores, type TestApp } from '#testing';
import { orderService } from '../order-service.app.js';
import { insertOrders, type PlacedOrder } from './insert-orders.js';
import { filtersOf, ORDER_LIST, OrderListQueryDto } from './order-list.query.js';
import { migrations, type OrdersSchema } from './orders.schema.js';

const START = Date.parse('2026-01-01T00:00:00Z');
const STATUSES = ['paid', 'shipped', 'delivered'] as const;

/** Order `n` of 20 users for one of 10 products. */
const order = (n: number): PlacedOrder => ({
  userId: `u${n % 20}`,
  status: STATUSES[n % 3]!,
  items: [{ productId: `p${n % 10}`, quantity: 1, unitPrice: n % 7, name: null }],
  total: n % 7,
  currency: 'EUR',
  createdAt: START + n * 1000,
});

const queryOf = (members: Partial<OrderListQueryDto>) => Object.assign(new OrderListQueryDto(), members);

onBothStores('the list of orders', (store) => {
  let database: Kysely<OrdersSchema>;
  let app: TestApp;
  const get = async (query: string) => (await call(app.url, `GET /orders${query}`)).body as Page<Order>;

  beforeAll(async () => {
    const storage = await store.createStorage();
    database = await openDatabase<OrdersSchema>(storage, 'order-service');
    await migrate(database, 'order-service', migrations);
    for (let start = 0; start < 10_000; start += 1000)
      await insertOrders(
        database,
        Array.from({ length: 1000 }, (_, n) => order(start + n)),
      );
    if (isPostgres(database)) await sql`analyze`.execute(database);
    app = await bootForTest(orderService, { DATABASE_URL: storage.databaseUrl, DATA_DIR: storage.dataDir });
  }, 60_000);
  afterAll(async () => {
    await app.close();
    await database.destroy();
  });

  const filters: Partial<OrderListQueryDto>[] = [
    {},
    { status: 'paid' },
    { userId: 'u3' },
    { createdFrom: '2026-01-01T01:00:00Z', createdTo: '2026-01-01T02:00:00Z' },
    { status: 'paid', createdFrom: '2026-01-01T01:00:00Z' },
  ];
  const sorts = [undefined, 'createdAt', '-createdAt', 'total', '-total'];
  const served = filters.flatMap((members) => sorts.map((sort) => ({ ...members, ...(sort && { sort }) })));
  // An index serves a range of times only in their order.
  const withIndex = served.filter(({ createdFrom, sort }) => !createdFrom || !sort?.endsWith('total'));
  const ofProducts = [{ productId: 'p7' }, { productId: 'p7', sort: '-createdAt' }];

  it.each([...withIndex, ...ofProducts])('is read along an index for %j', async (members) => {
    const query = queryOf(members);
    const request = { filters: filtersOf(query), sort: query.sort, offset: 60 };
    expect(await slowStepsOf(database, ORDER_LIST, request)).toEqual([]);
  });

  it('filters by status, user, product and time, alone and together', async () => {
    const { items } = await get('?status=paid&userId=u3&limit=200');
    expect(items.length).toBeGreaterThan(100);
    expect(new Set(items.map(({ status, userId }) => `${status} ${userId}`))).toEqual(new Set(['paid u3']));
    const ofProduct = await get('?productId=p3&sort=-createdAt&limit=200');
    expect(ofProduct.items).toHaveLength(200);
    expect(ofProduct.items[0]!.items[0]!.productId).toBe('p3');
    const day = await get(
      '?createdFrom=2026-01-01T00:00:10Z&createdTo=2026-01-01T00:00:12Z&count=exact&sort=-createdAt',
    );
    expect(day.items.map(({ createdAt }) => createdAt)).toEqual([
      '2026-01-01T00:00:11.000Z',
      '2026-01-01T00:00:10.000Z',
    ]);
    expect(day.count).toBe(2);
  });

  it('finds the orders of a user by the path and by filters as well', async () => {
    const plain = await get('/user/u3?limit=3');
    expect(plain.items.map(({ createdAt }) => Date.parse(createdAt))).toEqual(
      [3, 23, 43].map((n) => START + n * 1000),
    );
    const { items } = await get('/user/u3?status=paid&sort=-total&limit=2');
    expect(items.map(({ userId, status, total }) => [userId, status, total])).toEqual([
      ['u3', 'paid', 6],
      ['u3', 'paid', 6],
    ]);
    expect((await get('/user/u3?userId=u4')).items).toEqual([]);
  });

  it('links to the next page, relative to the request', async () => {
    const response = await call(app.url, 'GET /orders?status=paid&limit=2');
    const { nextCursor } = response.body as Page<Order>;
    const [, target = ''] = /^<([^>]+)>; rel="next"$/.exec(response.headers.get('link') ?? '') ?? [];
    const { pathname, searchParams } = new URL(target, `${app.url}/orders?status=paid`);
    expect([pathname, ...searchParams]).toEqual([
      '/orders',
      ['status', 'paid'],
      ['limit', '2'],
      ['cursor', nextCursor],
    ]);
    expect((await call(app.url, `GET /orders${target}`)).status).toBe(200);
    const last = await call(app.url, 'GET /orders?createdFrom=2030-01-01T00:00:00Z');
    expect([last.body, last.headers.get('link')]).toEqual([{ items: [], nextCursor: null }, null]);
  });

  it.each([
    ['status=lost', '/status'],
    ['sort=items', '/sort'],
    ['sort=', '/sort'],
    ['count=all', '/count'],
    ['userId=', '/userId'],
    ['createdFrom=yesterday', '/createdFrom'],
    ['createdFrom=2026-02-01T00:00:00Z&createdTo=2026-01-01T00:00:00Z', '/createdTo'],
    ['status=paid&cursor=MDE5', '/cursor'],
    ['colour=red', '/colour'],
  ])('refuses ?%s and names %s', async (query, pointer) => {
    for (const path of ['/orders', '/orders/user/u3']) {
      const { status, body, headers } = await call(app.url, `GET ${path}?${query}`);
      expect([status, (body as { errors: unknown[] }).errors]).toMatchObject([400, [{ pointer }]]);
      expect(headers.get('content-type')).toBe('application/problem+json');
    }
  });

  it('documents its parameters with examples', async () => {
    const { body } = await call(app.url, 'GET /docs-json');
    const { parameters, responses } = (body as { paths: Record<string, { get: Operation }> }).paths[
      '/orders'
    ]!.get;
    expect(parameters.map(({ name }) => name).sort()).toEqual(
      [
        'count',
        'createdFrom',
        'createdTo',
        'cursor',
        'limit',
        'productId',
        'sort',
        'status',
        'userId',
      ].sort(),
    );
    expect(parameters.find(({ name }) => name === 'sort')).toMatchObject({
      schema: { enum: ['createdAt', '-createdAt', 'total', '-total'] },
      examples: { example: { value: '-createdAt' } },
    });
    expect(responses['200']!.headers).toHaveProperty('link');
  });
});

interface Operation {
  readonly parameters: readonly { readonly name: string }[];
  readonly responses: Readonly<Record<string, { readonly headers?: object }>>;
}
