import type { Page, Product } from '#contracts';
import { bootForTest, call, onBothStores, type Answer, type Call, type TestApp } from '#testing';
import { productService } from '../product-service.app.js';

const lamp = { name: 'Lamp', description: 'Warm', category: 'home', price: 1999, currency: 'EUR', stock: 7 };
const desk = { name: 'Desk', category: 'office', price: 25000, currency: 'EUR', stock: 1 };

onBothStores('/products', (store) => {
  let app: TestApp;
  const http = (line: string, options?: Call): Promise<Answer> => call(app.url, line, options);
  const create = async (body: object): Promise<Product> =>
    (await http('POST /products', { body })).body as Product;

  beforeEach(async () => {
    const { databaseUrl, dataDir } = await store.createStorage();
    app = await bootForTest(productService, { DATABASE_URL: databaseUrl, DATA_DIR: dataDir });
  });
  afterEach(() => app.close());

  it('creates a product, and gives it at its location', async () => {
    const created = await http('POST /products', { body: { ...lamp, currency: 'eur' } });
    expect(created).toMatchObject({ status: 201, body: lamp });
    const location = created.headers.get('location')!;
    expect(location).toBe(`/products/${(created.body as Product).id}`);
    expect(await http(`GET ${location}`)).toMatchObject({ status: 200, body: created.body });
    expect(await http(`HEAD ${location}`)).toMatchObject({ status: 200, body: '' });
  });

  it('replaces every member by PUT: what is left out goes', async () => {
    const { id, createdAt } = await create(lamp);
    const answer = await http(`PUT /products/${id}`, { body: desk });
    expect(answer).toMatchObject({ status: 200, body: { ...desk, id, createdAt, description: null } });
    expect(answer.headers.get('etag')).toBe('"2"');
  });

  it('merges by PATCH: what is left out stays, null removes', async () => {
    const { id } = await create(lamp);
    const merge = (body: object) => http(`PATCH /products/${id}`, { body });
    expect((await merge({ price: 5, currency: 'krw' })).body).toMatchObject({
      ...lamp,
      price: 5,
      currency: 'KRW',
    });
    expect((await merge({ description: null })).body).toMatchObject({ description: null, name: 'Lamp' });
    expect((await merge({ price: null })).status).toBe(400);
  });

  it('guards changes by version', async () => {
    const { id } = await create(lamp);
    const headers = { 'if-match': '"1"' };
    expect((await http(`PATCH /products/${id}`, { body: { price: 1 }, headers })).status).toBe(200);
    expect((await http(`PATCH /products/${id}`, { body: { price: 2 }, headers })).status).toBe(412);
    expect((await http(`PUT /products/${id}`, { body: desk, headers })).status).toBe(412);
    expect((await http(`DELETE /products/${id}`, { headers })).status).toBe(412);
    expect((await http(`DELETE /products/${id}`, { headers: { 'if-match': '"2"' } })).status).toBe(204);
    expect((await http(`GET /products/${id}`)).status).toBe(404);
  });

  it('lists a category, page by page', async () => {
    const longest = '가'.repeat(64);
    const products = [await create(lamp), await create(desk), await create({ ...desk, name: 'Chair' })];
    await create({ ...lamp, category: longest });
    const page = async (path: string) => (await http(`GET /products${path}`)).body as Page<Product>;
    const first = await page('/category/office?limit=1');
    const second = await page(`/category/office?limit=1&cursor=${first.nextCursor!}`);
    expect([...first.items, ...second.items]).toEqual(products.slice(1));
    expect(second.nextCursor).toBeNull();
    expect((await page(`/category/${encodeURIComponent(longest)}`)).items).toHaveLength(1);
    expect((await page('/category/nothing')).items).toEqual([]);
    expect((await page('')).items).toHaveLength(4);
  });

  it('keeps both a change and stock that is taken at the same time', async () => {
    const { id } = await create({ ...lamp, stock: 100 });
    const take = (n: number) =>
      http(`PUT /stock-reservations/order-${n}`, { body: { items: [{ productId: id, quantity: 1 }] } });
    const rename = (n: number) => http(`PATCH /products/${id}`, { body: { name: `Lamp ${n}` } });
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => (n % 2 ? take(n) : rename(n))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const { headers, body } = await http(`GET /products/${id}`);
    expect([(body as Product).stock, headers.get('etag')]).toEqual([80, '"41"']);
  });
});
