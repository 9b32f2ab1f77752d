import { sql, type Kysely } from 'kysely';
import { isPostgres, migrate, openDatabase, slowStepsOf, type Page } from '#service-kit';
import type { Product } from '#shop-contracts';
import { bootForTest, call, onBothStores, type TestApp } from '#testing';
import { productService } from '../product-service.app.js';
import { migrations, PRODUCT_LIST, type ProductSchema } from '../store/product.schema.js';
import { insertProducts } from './insert-products.js';
import { filtersOf, ProductListQueryDto } from './product-list.query.js';

const START = Date.parse('2026-01-01T00:00:00Z');
const CATEGORIES = ['home', 'office', '조명'];
const THINGS = ['lamp', 'desk'];

const product = (n: number) => ({
  name: `${THINGS[n % 2]!} ${n % 100}`,
  category: CATEGORIES[n % 3]!,
  description: n % 5 === 0 ? 'Cast iron' : null,
  price: (n * 7) % 5000,
  currency: n % 4 === 0 ? 'KRW' : 'EUR',
  stock: 1,
  createdAt: START + n * 1000,
});

onBothStores('the list of products', (store) => {
  let database: Kysely<ProductSchema>;
  let app: TestApp;
  const get = async (query: string) => (await call(app.url, `GET /products${query}`)).body as Page<Product>;

  beforeAll(async () => {
    const storage = await store.createStorage();
    database = await openDatabase<ProductSchema>(storage, 'product-service');
    await migrate(database, 'product-service', migrations);
    for (let start = 0; start < 10_000; start += 1000)
      await insertProducts(
        database,
        Array.from({ length: 1000 }, (_, n) => product(start + n)),
      );
    if (isPostgres(database)) await sql`analyze`.execute(database);
    app = await bootForTest(productService, { DATABASE_URL: storage.databaseUrl, DATA_DIR: storage.dataDir });
  }, 60_000);
  afterAll(async () => {
    await app.close();
    await database.destroy();
  });

  const sorts = ['createdAt', '-createdAt', 'price', '-price', 'name', '-name'];
  it.each([
    {},
    ...sorts.map((sort) => ({ sort })),
    ...sorts.map((sort) => ({ category: 'home', sort })),
    { minPrice: 100, maxPrice: 4000 },
    { minPrice: 100, maxPrice: 4000, sort: '-price', category: 'home' },
    { q: 'lamp' },
    { q: 'lamp', sort: '-createdAt' },
  ])('is read along an index for %j', async (members) => {
    const query = Object.assign(new ProductListQueryDto(), members);
    const request = { filters: filtersOf(query), sort: query.sort, offset: 60 };
    expect(await slowStepsOf(database, PRODUCT_LIST, request)).toEqual([]);
  });

  it('is seen to be slow in an order without an index', async () => {
    const list = { ...PRODUCT_LIST, sorts: { ...PRODUCT_LIST.sorts, stock: 'stock' } };
    expect(await slowStepsOf(database, list, { filters: {}, sort: 'stock', offset: 60 })).not.toEqual([]);
  });

  it('filters by category, price and currency, in the order of prices', async () => {
    const { items } = await get('?category=office&minPrice=1000&maxPrice=2000&currency=krw&limit=200');
    expect(items.length).toBeGreaterThan(50);
    for (const { category, price, currency } of items)
      expect([category, currency, price >= 1000 && price <= 2000]).toEqual(['office', 'KRW', true]);
    const prices = items.map(({ price }) => price);
    expect(prices).toEqual([...prices].sort((a, b) => a - b));
  });

  it('searches the names, categories and descriptions', async () => {
    const { items, count } = await get('?q=IRON%20lamp%20조명&sort=-price&count=exact');
    expect(count).toBeGreaterThan(100);
    for (const item of items) expect(item).toMatchObject({ description: 'Cast iron', category: '조명' });
  });

  it('searches and sorts within the list of a category', async () => {
    const first = await get('/category/home?q=desk&sort=-price&limit=5');
    const cursor = `&cursor=${first.nextCursor!}`;
    const second = await get(`/category/home?q=desk&sort=-price&limit=5${cursor}`);
    const prices = [...first.items, ...second.items].map(({ price }) => price);
    expect(prices).toEqual([...prices].sort((a, b) => b - a));
    const other = await call(app.url, `GET /products/category/office?q=desk&sort=-price&limit=5${cursor}`);
    expect(other.status).toBe(400);
  });

  it.each([
    ['minPrice=-1', '/minPrice'],
    ['minPrice=', '/minPrice'],
    ['maxPrice=1.5', '/maxPrice'],
    ['minPrice=10&maxPrice=9', '/maxPrice'],
    ['currency=EURO', '/currency'],
    ['sort=stock', '/sort'],
    ['q=%20', '/q'],
  ])('refuses ?%s and names %s', async (query, pointer) => {
    const { status, body } = await call(app.url, `GET /products?${query}`);
    expect([status, (body as { errors: unknown[] }).errors]).toMatchObject([400, [{ pointer }]]);
  });
});
