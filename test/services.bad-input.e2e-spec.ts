import type { AppDefinition, ServiceConfig } from '#service-kit';
import { bootForTest, call, onBothStores, type CallResponse, type CallOptions, type TestApp } from '#testing';
import { productService } from '#apps/product-service';
import { userService } from '#apps/user-service';

const USER = { email: 'ann@example.com', name: 'Ann' };
const PRODUCT = { name: 'Lamp', category: 'home', price: 1999, currency: 'EUR', stock: 10 };
const MEGABYTE = 1024 * 1024;
const LONE_SURROGATE = '{"name":"\\ud800"}';
const UUID = '01890a5d-ac96-774b-bcce-b302099a8057';

/** Bodies that every endpoint refuses, with the status of the response. */
const UNREADABLE: readonly (readonly [string, string | Uint8Array<ArrayBuffer>, number])[] = [
  ['nothing', '', 400],
  ['broken JSON', '{"name":', 400],
  ['two values', '{} {}', 400],
  ['bad UTF-8', new Uint8Array([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d]), 400],
  ['2 MB', JSON.stringify({ name: 'x'.repeat(2 * MEGABYTE) }), 413],
  ['deep nesting', `{"name":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 400],
  ['objects in objects', `${'{"name":'.repeat(50_000)}7${'}'.repeat(50_000)}`, 400],
  ['__proto__', '{"__proto__":{"name":"x"}}', 400],
  ['__proto__ further down', '{"name":[{"__proto__":{"name":"x"}}]}', 400],
  ['constructor', '{"constructor":{"prototype":{"name":"x"}}}', 400],
  ['constructor as a string', '{"name":"x","constructor":"x"}', 400],
  ['toString', '{"name":"x","toString":"x"}', 400],
  ['thousands of members', `{${Array.from({ length: 60_000 }, (_, n) => `"k${n}":1`).join()}}`, 400],
  ['an array', '[]', 400],
  ['an array of one', '[{"name":"x"}]', 400],
  ['null', 'null', 400],
  ['a string', '"name"', 400],
  ['a number', '7', 400],
  ['an unknown member', '{"name":"x","role":"admin"}', 400],
  ['a client-set id', `{"id":"${UUID}"}`, 400],
  ['a lone surrogate', LONE_SURROGATE, 400],
  ['a string with U+0000', '{"name":"a\\u0000b"}', 400],
  ['a blank string', '{"name":" \\t "}', 400],
  ['a name that is a number', '{"name":7}', 400],
  ['a name that is an object', '{"name":{"length":3}}', 400],
  ['a name that is too long', JSON.stringify({ name: 'x'.repeat(201) }), 400],
];

interface Subject {
  readonly definition: AppDefinition<ServiceConfig>;
  readonly list: string;
  readonly valid: object;
  /** Members with invalid values. */
  readonly bad: readonly object[];
}

const SUBJECTS: readonly Subject[] = [
  {
    definition: userService,
    list: '/users',
    valid: USER,
    bad: [
      { email: 'nonsense' },
      { email: 'a@b' },
      { email: null },
      { email: ['ann@example.com'] },
      { email: `${'x'.repeat(250)}@example.com` },
      { email: 'ann@example.com\0' },
    ],
  },
  {
    definition: productService,
    list: '/products',
    valid: PRODUCT,
    bad: [
      { price: -1 },
      { price: 1.5 },
      { price: '5' },
      { price: 1e30 },
      { price: null },
      { currency: 'EURO' },
      { currency: 'XYZ' },
      { currency: 978 },
      { stock: -1 },
      { stock: true },
      { stock: 1e10 },
      { category: '' },
      { category: 'a/b' },
      { category: 'x\0' },
      { description: 7 },
      { description: '\0' },
    ],
  },
];

const isProblem = ({ headers, body }: CallResponse): boolean =>
  headers.get('content-type')?.startsWith('application/problem+json') === true &&
  String((body as { type?: string }).type).startsWith('urn:msa-gateway:problem:');

describe.each(SUBJECTS)('bad input to $list', ({ definition, list, valid, bad }) => {
  onBothStores(list, (store) => {
    let app: TestApp;
    let one: string;
    let before: unknown;
    const http = (line: string, options?: CallOptions) => call(app.url, line, options);
    const everything = async (): Promise<unknown> => (await http(`GET ${list}`)).body as unknown;

    beforeAll(async () => {
      const { databaseUrl, dataDir } = await store.createStorage();
      app = await bootForTest(definition, { DATABASE_URL: databaseUrl, DATA_DIR: dataDir });
      one = (await http(`POST ${list}`, { body: valid })).headers.get('location')!;
      before = await everything();
    });
    afterAll(() => app.close());

    const lines = (): string[] => [`POST ${list}`, `PUT ${one}`, `PATCH ${one}`];
    const expectRefusal = async (line: string, options: CallOptions, status: number): Promise<void> => {
      const response = await http(line, options);
      expect([line, response.status, isProblem(response)]).toEqual([line, status, true]);
    };

    it.each(UNREADABLE)('refuses %s', async (_what, body, status) => {
      for (const line of lines()) await expectRefusal(line, { body }, status);
      expect(await everything()).toEqual(before);
    });

    it.each(bad)('refuses %j and names the member', async (member) => {
      for (const line of lines()) {
        const body = line.startsWith('PATCH') ? member : { ...valid, ...member };
        const response = await http(line, { body });
        const { errors } = response.body as { errors: { pointer: string }[] };
        expect([response.status, errors.map(({ pointer }) => pointer)]).toEqual([
          400,
          [`/${Object.keys(member)[0]!}`],
        ]);
      }
      expect(await everything()).toEqual(before);
    });

    it('refuses a request without a body', async () => {
      for (const line of lines()) await expectRefusal(line, {}, 400);
      expect(await everything()).toEqual(before);
    });

    it('refuses media types other than JSON', async () => {
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
      ])
        for (const line of lines())
          await expectRefusal(line, { body: JSON.stringify(valid), headers: { 'content-type': type } }, 415);
      expect(await everything()).toEqual(before);
    });

    it.each([
      ['an id with U+0000', 'a%00b', 404],
      ['an id of 10,000 characters', 'x'.repeat(10_000), 404],
      ['an id with SQL', encodeURIComponent("' or '1'='1"), 404],
      ['an id that is not UTF-8', '%ff', 400],
      ['an id with a truncated escape', '%2', 400],
    ])('responds to %s with a problem', async (_what, id, status) => {
      for (const method of ['GET', 'DELETE']) await expectRefusal(`${method} ${list}/${id}`, {}, status);
      for (const method of ['PUT', 'PATCH'])
        await expectRefusal(`${method} ${list}/${id}`, { body: valid }, status);
      expect(await everything()).toEqual(before);
    });
  });
});

onBothStores('bad input to /stock-reservations', (store) => {
  let app: TestApp;
  let product: string;
  const http = (line: string, options?: CallOptions) => call(app.url, line, options);
  const stockNow = async () => ((await http(`GET /products/${product}`)).body as { stock: number }).stock;

  beforeAll(async () => {
    const { databaseUrl, dataDir } = await store.createStorage();
    app = await bootForTest(productService, { DATABASE_URL: databaseUrl, DATA_DIR: dataDir });
    product = ((await http('POST /products', { body: PRODUCT })).body as { id: string }).id;
  });
  afterAll(() => app.close());

  const item = () => ({ productId: product, quantity: 1 });

  it.each<[string, () => unknown]>([
    ['no items', () => []],
    ['items that are not a list', item],
    ['an item twice', () => [item(), item()]],
    ['101 items', () => Array.from({ length: 101 }, (_, n) => ({ ...item(), productId: `${n}` }))],
    ['an item that is null', () => [null]],
    ['an item that is a list', () => [[]]],
    ['a quantity below one', () => [{ ...item(), quantity: 0 }]],
    ['a fractional quantity', () => [{ ...item(), quantity: 0.5 }]],
    ['a quantity above the maximum', () => [{ ...item(), quantity: 10_001 }]],
    ['a quantity that is a string', () => [{ ...item(), quantity: '1' }]],
    ['a client-set price', () => [{ ...item(), unitPrice: 0 }]],
    ['a product with U+0000', () => [{ ...item(), productId: 'a\0' }]],
  ])('refuses %s', async (_what, items) => {
    const response = await http('PUT /stock-reservations/o1', { body: { items: items() } });
    expect([response.status, isProblem(response)]).toEqual([400, true]);
    expect((await http('GET /stock-reservations/o1')).status).toBe(404);
    expect(await stockNow()).toBe(10);
  });

  it.each([
    ['U+0000', 'a%00b', 404],
    ['10,000 characters', 'x'.repeat(10_000), 404],
  ])('responds 404 to an order id of %s', async (_what, order, status) => {
    const reservation = await http(`PUT /stock-reservations/${order}`, { body: { items: [item()] } });
    const read = await http(`GET /stock-reservations/${order}`);
    const release = await http(`DELETE /stock-reservations/${order}`);
    expect([reservation.status, read.status, release.status]).toEqual([status, status, status]);
    expect(await stockNow()).toBe(10);
  });
});
