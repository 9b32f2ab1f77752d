import type { Product } from '#shop-contracts';
import type { Page } from '#service-kit';
import { bootForTest, call, onBothStores, type CallResponse, type CallOptions, type TestApp } from '#testing';
import { productService } from '../product-service.app.js';

const lamp = { name: 'Lamp', description: 'Warm', category: 'home', price: 1999, currency: 'EUR', stock: 7 };
const desk = { name: 'Desk', category: 'office', price: 25000, currency: 'EUR', stock: 1 };

onBothStores('/products', (store) => {
  let app: TestApp;
  const http = (line: string, options?: CallOptions): Promise<CallResponse> => call(app.url, line, options);
  const create = async (body: object): Promise<Product> =>
    (await http('POST /products', { body })).body as Product;

  beforeEach(async () => {
    const { databaseUrl, dataDir } = await store.createStorage();
    app = await bootForTest(productService, { DATABASE_URL: databaseUrl, DATA_DIR: dataDir });
  });
  afterEach(() => app.close());

  it('creates a product and serves it at its location', async () => {
    const created = await http('POST /products', { body: { ...lamp, currency: 'eur' } });
    expect(created).toMatchObject({ status: 201, body: lamp });
    const location = created.headers.get('location')!;
    expect(location).toBe(`/products/${(created.body as Product).id}`);
    expect(await http(`GET ${location}`)).toMatchObject({ status: 200, body: created.body });
    expect(await http(`HEAD ${location}`)).toMatchObject({ status: 200, body: '' });
  });

  it('replaces every member by PUT, removing omitted ones', async () => {
    const { id, createdAt } = await create(lamp);
    const response = await http(`PUT /products/${id}`, { body: desk });
    expect(response).toMatchObject({ status: 200, body: { ...desk, id, createdAt, description: null } });
    expect(response.headers.get('etag')).toBe('"2-1"');
  });

  it('merges by PATCH: keeps omitted members, removes members set to null', async () => {
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

  it('rejects changes to an outdated version', async () => {
    const { id } = await create(lamp);
    const headers = { 'if-match': '"1"' };
    expect((await http(`PATCH /products/${id}`, { body: { price: 1 }, headers })).status).toBe(200);
    expect((await http(`PATCH /products/${id}`, { body: { price: 2 }, headers })).status).toBe(412);
    expect((await http(`PUT /products/${id}`, { body: desk, headers })).status).toBe(412);
    expect((await http(`DELETE /products/${id}`, { headers })).status).toBe(412);
    expect((await http(`DELETE /products/${id}`, { headers: { 'if-match': '"2"' } })).status).toBe(204);
    expect((await http(`GET /products/${id}`)).status).toBe(404);
  });

  it('lists a category page by page', async () => {
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

  it.each(['PUT', 'PATCH'])(
    'accepts its own representation by %s, also when the request is repeated',
    async (method) => {
      const { id } = await create(lamp);
      const { body: read } = await http(`GET /products/${id}`);
      const sent = { ...(read as Product), price: 5 };
      for (let n = 0; n < 2; n += 1) {
        const response = await http(`${method} /products/${id}`, { body: sent });
        expect(response).toMatchObject({
          status: 200,
          body: { ...sent, updatedAt: expect.any(String) as string },
        });
      }
    },
  );

  it.each([{ id: '01890a5d-ac96-774b-bcce-b302099a8057' }, { createdAt: '2020-01-01T00:00:00Z' }])(
    'refuses a different value of a read-only member: %j',
    async (member) => {
      const { id } = await create(lamp);
      for (const line of [`PUT /products/${id}`, `PATCH /products/${id}`])
        expect(await http(line, { body: { ...lamp, ...member } })).toMatchObject({
          status: 400,
          body: { errors: [{ pointer: `/${Object.keys(member)[0]!}` }] },
        });
    },
  );

  describe('the stock', () => {
    const sell = (id: string, quantity: number, order = 'o') =>
      http(`PUT /stock-reservations/${order}`, { body: { items: [{ productId: id, quantity }] } });
    const read = async (id: string) => {
      const { body, headers } = await http(`GET /products/${id}`);
      return { product: body as Product, etag: headers.get('etag')! };
    };
    const kindOf = ({ status, body }: CallResponse) => [
      status,
      (body as { type: string }).type.split(':').at(-1),
    ];

    it('changes the ETag of a GET; a guarded PUT of the read representation applies the other changes and undoes no sale', async () => {
      const { id } = await create(lamp);
      const { product, etag } = await read(id);
      await sell(id, 2);
      expect((await http(`GET /products/${id}`, { headers: { 'if-none-match': etag } })).status).toBe(200);
      const body = { ...product, name: 'Bright lamp' };
      const response = await http(`PUT /products/${id}`, { body, headers: { 'if-match': etag } });
      expect(response).toMatchObject({ status: 200, body: { name: 'Bright lamp', stock: 5 } });
      expect((await http(`PUT /products/${id}`, { body, headers: { 'if-match': etag } })).status).toBe(412);
    });

    it('is set by a guarded change only while it equals the stock that the client read', async () => {
      const { id } = await create(lamp);
      const { etag } = await read(id);
      const set = (stock: number) =>
        http(`PATCH /products/${id}`, { body: { stock }, headers: { 'if-match': etag } });
      await sell(id, 2);
      expect(kindOf(await set(20))).toEqual([412, 'precondition-failed']);
      await http('DELETE /stock-reservations/o');
      expect(await set(20)).toMatchObject({ status: 200, body: { stock: 20 } });
    });

    it('is overwritten by an unguarded PUT or PATCH', async () => {
      const { id } = await create(lamp);
      await sell(id, 2);
      expect((await http(`PUT /products/${id}`, { body: { ...lamp, stock: 40 } })).body).toMatchObject({
        stock: 40,
      });
      expect((await http(`PATCH /products/${id}`, { body: { stock: 38 } })).body).toMatchObject({
        stock: 38,
      });
    });

    it('is adjusted once when a guarded stockDelta is repeated, also after a sale', async () => {
      const { id } = await create(lamp);
      const { etag } = await read(id);
      await sell(id, 2);
      const adjust = () =>
        http(`PATCH /products/${id}`, { body: { stockDelta: -1 }, headers: { 'if-match': etag } });
      expect(await adjust()).toMatchObject({ status: 200, body: { stock: 4 } });
      expect((await adjust()).status).toBe(412);
      expect((await read(id)).product.stock).toBe(4);
    });

    it('is adjusted by stockDelta concurrently with sales, which keep the version', async () => {
      const { id } = await create({ ...lamp, stock: 100 });
      const adjust = () => http(`PATCH /products/${id}`, { body: { stockDelta: 2 } });
      const responses = await Promise.all(
        Array.from({ length: 40 }, (_, n) => (n % 2 ? sell(id, 1, `o${n}`) : adjust())),
      );
      expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
      const { product, etag } = await read(id);
      expect(product.stock).toBe(120);
      await sell(id, 1, 'another');
      expect((await read(id)).product).toEqual({ ...product, stock: 119 });
      const rename = { body: { name: 'Bright lamp' }, headers: { 'if-match': etag } };
      expect((await http(`PATCH /products/${id}`, rename)).status).toBe(200);
    });

    it('is never adjusted below zero or above its limit, and not set and adjusted in one request', async () => {
      const { id } = await create(lamp);
      const patch = (body: object) => http(`PATCH /products/${id}`, { body });
      const refused = await patch({ stockDelta: -8 });
      expect(kindOf(refused)).toEqual([409, 'insufficient-stock']);
      expect(refused.body).toMatchObject({ productId: id, requested: 8, available: 7 });
      for (const body of [{ stockDelta: 999_999_999 }, { stockDelta: 0.5 }, { stockDelta: 1, stock: 8 }])
        expect(await patch(body)).toMatchObject({
          status: 400,
          body: { errors: [{ pointer: '/stockDelta' }] },
        });
      expect(await patch({ stockDelta: -7, price: 1 })).toMatchObject({
        status: 200,
        body: { stock: 0, price: 1 },
      });
    });
  });

  it('applies both a change and a concurrent reservation', async () => {
    const { id } = await create({ ...lamp, stock: 100 });
    const sell = (n: number) =>
      http(`PUT /stock-reservations/order-${n}`, { body: { items: [{ productId: id, quantity: 1 }] } });
    const rename = (n: number) => http(`PATCH /products/${id}`, { body: { name: `Lamp ${n}` } });
    const responses = await Promise.all(Array.from({ length: 40 }, (_, n) => (n % 2 ? sell(n) : rename(n))));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    const { headers, body } = await http(`GET /products/${id}`);
    expect([(body as Product).stock, headers.get('etag')]).toEqual([80, '"21-80"']);
  });
});
