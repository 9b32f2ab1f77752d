import { SseReader } from '#testing';
import type { Order, User } from '#shop-contracts';
import { GuardedOrders, OPERATOR, ORDERS, PARTNER, WAYS, type Headers } from './support/guarded-orders.js';

const POLICIES = `
defaults: { timeouts: { request: 10s } }
routes:
  - name: live-orders
    match: { service: order-service, path: { exact: /orders/stream }, methods: [GET] }
    timeouts: { request: 0s, idle: 30s }
`;

describe.each(WAYS)('the stream of orders, in the %s on the plane %s', (mount, plane) => {
  const readers: SseReader[] = [];
  let shop: GuardedOrders;
  let ann: User;
  let ben: User;

  beforeAll(async () => {
    shop = await GuardedOrders.start(mount, plane, POLICIES);
    ({ ann, ben } = shop);
  });
  afterEach(() => readers.splice(0).forEach((reader) => reader.leave()));
  afterAll(() => shop.stop());

  const of = (user: User): Headers => shop.of(user);
  const place = async (user: User): Promise<Order> => (await shop.place(user, shop.admin)).body as Order;
  const pay = ({ id }: Order) => shop.send(`PATCH /${id}`, shop.admin, { status: 'paid' });
  const read = async (headers: Headers, query = ''): Promise<SseReader> => {
    const reader = await SseReader.open(`${shop.url}${ORDERS}/stream${query}`, headers);
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
      await read(OPERATOR),
      await read(shop.admin, `?userId=${ben.id}`),
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
    expect((await read(PARTNER)).response.statusCode).toBe(403);
    expect((await read({})).response.statusCode).toBe(401);
    expect((await read(of(ann), '?status=paid')).response.statusCode).toBe(400);
    for (let i = 1; i <= 10; i += 1) expect((await read(of(ben))).response.statusCode).toBe(200);
    expect((await read(of(ben))).response.statusCode).toBe(429);
    expect((await read(of(ann))).response.statusCode).toBe(200);
  });
});
