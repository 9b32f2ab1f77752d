import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newApiKey, sha256Of } from '../../apps/gateway/src/proxy/stages/authentication/api-key/api-key.js';
import { call, SseReader, startSystem, tempDir, TestIssuer, type Mount, type RunningSystem } from '#testing';
import type { Order, Product, User } from '#shop-contracts';

/** The ways in which a request reaches the order service: inside the process, and by both planes over sockets. */
const WAYS: readonly (readonly [mount: Mount, plane: string])[] = [
  ['monolith', 'wire'],
  ['split', 'wire'],
  ['split', 'node'],
];
const ORDERS = '/api/order-service/orders';
const [OPERATOR_KEY, PARTNER_KEY] = [newApiKey(), newApiKey()];

type Headers = Readonly<Record<string, string>>;

describe.each(WAYS)('the stream of orders, in the %s on the plane %s', (mount, plane) => {
  const folder = tempDir('order-stream-');
  const readers: SseReader[] = [];
  let issuer: TestIssuer;
  let system: RunningSystem;
  let ann: User;
  let ben: User;
  let product: Product;

  beforeAll(async () => {
    issuer = await TestIssuer.start();
    writeFileSync(
      join(folder.path, 'keys.yaml'),
      `version: 1
keys:
  - { sha256: ${sha256Of(OPERATOR_KEY)}, consumer: operator, scopes: ['orders:admin'] }
  - { sha256: ${sha256Of(PARTNER_KEY)}, consumer: partner }
`,
    );
    const GATEWAY_CONFIG = join(folder.path, 'gateway.yaml');
    writeFileSync(
      GATEWAY_CONFIG,
      `version: 1
authentication:
  jwt: { app: ${issuer.provider(', claimToHeaders: { sub: x-user-id }, scopesHeader: x-scopes')} }
  apiKey: { programs: { keysFile: keys.yaml, consumerHeader: x-consumer, scopesHeader: x-scopes } }
services:
  order-service: { auth: { anyOf: [app, programs] }, timeouts: { request: 10s } }
routes:
  - name: live-orders
    match: { service: order-service, path: { exact: /orders/stream }, methods: [GET] }
    timeouts: { request: 0s, idle: 30s }
`,
    );
    system = await startSystem(mount, { DATA_DIR: folder.path, DATA_PLANE: plane, GATEWAY_CONFIG });
    const create = async <T>(path: string, body: object) =>
      (await call(system.url, `POST /api/${path}`, { body })).body as T;
    ann = await create('user-service/users', { email: 'ann@example.com', name: 'Ann' });
    ben = await create('user-service/users', { email: 'ben@example.com', name: 'Ben' });
    product = await create('product-service/products', {
      ...{ name: 'Lamp', category: 'lighting', price: 100, currency: 'EUR', stock: 1000 },
    });
  });
  afterEach(() => readers.splice(0).forEach((reader) => reader.leave()));
  afterAll(async () => {
    await system.process.stop();
    await issuer.close();
    folder.remove();
  });

  const token = (claims: object): Headers => ({ authorization: `Bearer ${issuer.token({ ...claims })}` });
  const of = ({ id }: User): Headers => token({ sub: id });
  const admin = () => token({ sub: 'root', scope: 'orders:admin' });
  const place = async ({ id }: User): Promise<Order> => {
    const body = { userId: id, items: [{ productId: product.id, quantity: 1 }] };
    return (await call(system.url, `POST ${ORDERS}`, { body, headers: admin() })).body as Order;
  };
  const pay = ({ id }: Order) =>
    call(system.url, `PATCH ${ORDERS}/${id}`, { body: { status: 'paid' }, headers: admin() });
  const read = async (headers: Headers, query = ''): Promise<SseReader> => {
    const reader = await SseReader.open(`${system.url}${ORDERS}/stream${query}`, headers);
    readers.push(reader);
    return reader;
  };
  const ordersIn = ({ events }: SseReader) => events.slice(1).map(({ event, data }) => [event, data.id]);

  it('is sent event by event, and not to be stored or buffered', async () => {
    const reader = await read(of(ann));
    expect(reader.response.headers).toMatchObject({
      ...{ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' },
      ...{ 'x-accel-buffering': 'no', vary: 'x-user-id, x-consumer, x-scopes' },
    });
    await reader.untilCount(1);
    const order = await place(ann);
    await reader.untilCount(3);
    await pay(order);
    const [, , , paid] = await reader.untilCount(4);
    expect(ordersIn(reader)).toEqual(
      ['order.placed', 'order.confirmed', 'order.paid'].map((name) => [name, order.id]),
    );
    expect(paid!.data).toMatchObject({ userId: ann.id, status: 'paid', total: 100, items: order.items });
  });

  it('has the orders of the user alone, whatever it asks for', async () => {
    const [own, asked, all, filtered] = [
      await read(of(ann)),
      await read(of(ann), `?userId=${ben.id}`),
      await read({ 'x-api-key': OPERATOR_KEY }),
      await read(admin(), `?userId=${ben.id}`),
    ];
    await Promise.all([own, asked, all, filtered].map((reader) => reader.untilCount(1)));
    const [ofBen, ofAnn] = [await place(ben), await place(ann)];
    await Promise.all([all.untilCount(5), own.untilCount(3), filtered.untilCount(3)]);
    const bothOf = ({ id }: Order) => [
      ['order.placed', id],
      ['order.confirmed', id],
    ];
    expect(ordersIn(own)).toEqual(bothOf(ofAnn));
    expect(ordersIn(filtered)).toEqual(bothOf(ofBen));
    expect(ordersIn(all)).toEqual([...bothOf(ofBen), ...bothOf(ofAnn)]);
    expect(ordersIn(asked)).toEqual([]);
  });

  it('has the orders of the user alone when it resumes', async () => {
    const first = await read(of(ann));
    await first.untilCount(1);
    const start = first.lastId!;
    await place(ben);
    const order = await place(ann);
    const resumed = await read({ ...of(ann), 'last-event-id': start });
    await resumed.untilCount(2);
    expect(resumed.events.map(({ data }) => data.id)).toEqual([order.id, order.id]);
  });

  it('is refused to programs without rights, and limited for each user', async () => {
    expect((await read({ 'x-api-key': PARTNER_KEY })).response.statusCode).toBe(403);
    expect((await read({})).response.statusCode).toBe(401);
    expect((await read(of(ann), '?status=paid')).response.statusCode).toBe(400);
    for (let i = 1; i <= 10; i += 1) expect((await read(of(ben))).response.statusCode).toBe(200);
    expect((await read(of(ben))).response.statusCode).toBe(429);
    expect((await read(of(ann))).response.statusCode).toBe(200);
  });
});
