import type { Product, Reservation } from '#shop-contracts';
import { bootForTest, call, onBothStores, type CallResponse, type CallOptions, type TestApp } from '#testing';
import { productService } from '../product-service.app.js';

const product = { name: 'Lamp', category: 'home', price: 1999, currency: 'EUR', stock: 10 };

onBothStores('/stock-reservations', (store) => {
  let app: TestApp;
  const http = (line: string, options?: CallOptions): Promise<CallResponse> => call(app.url, line, options);
  const create = async (fields: object = {}): Promise<string> =>
    ((await http('POST /products', { body: { ...product, ...fields } })).body as Product).id;
  const stockOf = async (id: string) => ((await http(`GET /products/${id}`)).body as Product).stock;
  const reserve = (orderId: string, ...items: readonly (readonly [id: string, quantity: number])[]) =>
    http(`PUT /stock-reservations/${orderId}`, {
      body: { items: items.map(([productId, quantity]) => ({ productId, quantity })) },
    });
  const release = (orderId: string) => http(`DELETE /stock-reservations/${orderId}`);
  const codeOf = ({ status, body }: CallResponse) => [
    status,
    (body as { type?: string }).type?.split(':').at(-1),
  ];

  beforeEach(async () => {
    const { databaseUrl, dataDir } = await store.createStorage();
    app = await bootForTest(productService, { DATABASE_URL: databaseUrl, DATA_DIR: dataDir });
  });
  afterEach(() => app.close());

  it('reserves all items and returns their current prices and names', async () => {
    const [lamp, desk] = [await create(), await create({ price: 25000, name: 'Desk' })];
    const first = await reserve('o1', [lamp, 3], [desk, 1]);
    const items = [
      { productId: lamp, quantity: 3, unitPrice: 1999, currency: 'EUR', name: 'Lamp' },
      { productId: desk, quantity: 1, unitPrice: 25000, currency: 'EUR', name: 'Desk' },
    ];
    expect(first).toMatchObject({ status: 200, body: { orderId: 'o1', status: 'held', items } });
    expect([await stockOf(lamp), await stockOf(desk)]).toEqual([7, 9]);
    expect((await http('GET /stock-reservations/o1')).body).toEqual(first.body);
  });

  it('returns the same response with the original prices and names, and reserves no more stock', async () => {
    const [lamp, desk] = [await create(), await create()];
    const first = await reserve('o1', [lamp, 3], [desk, 1]);
    await http(`PATCH /products/${lamp}`, { body: { price: 1, name: 'Lamp 2' } });
    const again = await reserve('o1', [desk, 1], [lamp, 3]);
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect(await stockOf(lamp)).toBe(7);
  });

  it('refuses other items for the same order', async () => {
    const [lamp, desk] = [await create(), await create()];
    await reserve('o1', [lamp, 3]);
    expect(codeOf(await reserve('o1', [lamp, 4]))).toEqual([409, 'reservation-differs']);
    expect(codeOf(await reserve('o1', [desk, 3]))).toEqual([409, 'reservation-differs']);
    expect(codeOf(await reserve('o1', [lamp, 3], [desk, 1]))).toEqual([409, 'reservation-differs']);
    expect([await stockOf(lamp), await stockOf(desk)]).toEqual([7, 10]);
  });

  it('reserves nothing when the stock of one item is too small, and names the product', async () => {
    const [lamp, desk] = [await create(), await create({ stock: 2 })];
    const refused = await reserve('o1', [lamp, 1], [desk, 3]);
    expect(codeOf(refused)).toEqual([409, 'insufficient-stock']);
    expect(refused.body).toMatchObject({ productId: desk, requested: 3, available: 2 });
    expect([await stockOf(lamp), await stockOf(desk)]).toEqual([10, 2]);
    expect((await http('GET /stock-reservations/o1')).status).toBe(404);
    expect((await reserve('o1', [lamp, 1], [desk, 2])).status).toBe(200);
  });

  it('repeats the response to an order that reserved the last pieces', async () => {
    const lamp = await create();
    const first = await reserve('o1', [lamp, 10]);
    expect(await reserve('o1', [lamp, 10])).toMatchObject({ status: 200, body: first.body });
    expect(codeOf(await reserve('o2', [lamp, 1]))).toEqual([409, 'insufficient-stock']);
  });

  it('lists every unknown product', async () => {
    const lamp = await create();
    const refused = await reserve('o1', ['ghost', 1], [lamp, 1], ['phantom', 1]);
    expect(codeOf(refused)).toEqual([422, 'unknown-product']);
    expect(refused.body).toMatchObject({
      productId: 'ghost',
      errors: [{ pointer: '/items/0/productId' }, { pointer: '/items/2/productId' }],
    });
    expect(await stockOf(lamp)).toBe(10);
  });

  it('refuses items of different currencies', async () => {
    const [lamp, fan] = [await create(), await create({ currency: 'KRW' })];
    expect(codeOf(await reserve('o1', [lamp, 1], [fan, 1]))).toEqual([422, 'mixed-currencies']);
    expect([await stockOf(lamp), await stockOf(fan)]).toEqual([10, 10]);
  });

  it('returns the stock once when released repeatedly', async () => {
    const lamp = await create();
    await reserve('o1', [lamp, 3]);
    const responses = await Promise.all(Array.from({ length: 20 }, () => release('o1')));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([204]));
    expect(await stockOf(lamp)).toBe(10);
    expect((await http('GET /stock-reservations/o1')).body).toMatchObject({ status: 'released' });
    expect(codeOf(await reserve('o1', [lamp, 3]))).toEqual([409, 'stock-given-back']);
    expect(await stockOf(lamp)).toBe(10);
  });

  it('reserves nothing for an order that was released before its reservation arrived', async () => {
    const lamp = await create();
    expect((await http('GET /stock-reservations/late')).status).toBe(404);
    expect((await release('late')).status).toBe(204);
    expect(codeOf(await reserve('late', [lamp, 1]))).toEqual([409, 'stock-given-back']);
    const expected: Reservation = { orderId: 'late', status: 'released', items: [] };
    expect((await http('GET /stock-reservations/late')).body).toEqual(expected);
    expect(await stockOf(lamp)).toBe(10);
  });

  it('reserves the last 10 pieces for 10 of 100 orders', async () => {
    const lamp = await create();
    const responses = await Promise.all(Array.from({ length: 100 }, (_, n) => reserve(`o${n}`, [lamp, 1])));
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(responses.filter((response) => codeOf(response)[1] === 'insufficient-stock')).toHaveLength(90);
    expect(await stockOf(lamp)).toBe(0);
  });

  it('reserves stock once for a command that arrives many times concurrently', async () => {
    const lamp = await create();
    const responses = await Promise.all(Array.from({ length: 20 }, () => reserve('o1', [lamp, 3])));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await stockOf(lamp)).toBe(7);
  });

  it('ends as released when reserved and released concurrently', async () => {
    const lamp = await create({ stock: 1000 });
    const orders = Array.from({ length: 20 }, (_, n) => `o${n}`);
    await Promise.all(orders.flatMap((order) => [reserve(order, [lamp, 1]), release(order)]));
    for (const order of orders)
      expect((await http(`GET /stock-reservations/${order}`)).body).toMatchObject({ status: 'released' });
    expect(await stockOf(lamp)).toBe(1000);
  });

  it('does not deadlock on orders for the same products', async () => {
    const [lamp, desk] = [await create({ stock: 1000 }), await create({ stock: 1000 })];
    const orders = Array.from({ length: 40 }, (_, n) =>
      n % 2 ? reserve(`o${n}`, [lamp, 1], [desk, 1]) : reserve(`o${n}`, [desk, 1], [lamp, 1]),
    );
    expect(new Set((await Promise.all(orders)).map(({ status }) => status))).toEqual(new Set([200]));
    expect([await stockOf(lamp), await stockOf(desk)]).toEqual([960, 960]);
  });
});
