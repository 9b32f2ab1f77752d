import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call, startSystem } from '#testing';
import type { Order, User } from '#shop-contracts';
import { GuardedOrders, OPERATOR, ORDERS, PARTNER, WAYS, type Headers } from './support/guarded-orders.js';

describe.each(WAYS)('orders of callers with an identity, in the %s on the plane %s', (mount, plane) => {
  let shop: GuardedOrders;
  let ann: User;
  let ben: User;
  /** An order of Ben. */
  let order: Order;

  beforeAll(async () => {
    shop = await GuardedOrders.start(mount, plane);
    ({ ann, ben } = shop);
    order = (await place(ben, of(ben))).body as Order;
  });
  afterAll(() => shop.stop());

  const of = (user: User): Headers => shop.of(user);
  const send = (line: string, headers: Headers, body?: object) => shop.send(line, headers, body);
  const place = (user: User, headers: Headers) => shop.place(user, headers);
  const ownersIn = async (path: string, headers: Headers) => {
    const { items } = (await send(`GET ${path}`, headers)).body as { items: Order[] };
    return [...new Set(items.map(({ userId }) => userId))].sort();
  };

  it('are placed by a user only for itself', async () => {
    expect((await place(ann, of(ann))).status).toBe(201);
    expect(await place(ben, of(ann))).toMatchObject({
      status: 403,
      body: { type: 'urn:msa-gateway:problem:order-access-denied' },
    });
    expect((await place(ben, shop.admin)).status).toBe(201);
  });

  it('are placed once for a key of their user, and a key tells nothing about the orders of others', async () => {
    const key = { 'idempotency-key': 'k-1' };
    const first = await place(ben, { ...of(ben), ...key });
    const others = await place(ann, { ...of(ann), ...key });
    expect([first.status, others.status]).toEqual([201, 201]);
    expect((await place(ben, { ...of(ben), ...key })).body).toEqual(first.body);
    expect((await place(ann, { ...of(ann), ...key })).body).toEqual(others.body);
  });

  it('are placed once for a key of each administrator, also of a user that becomes one', async () => {
    const key = { 'idempotency-key': 'k-2' };
    const callers = [
      shop.admin,
      shop.token({ sub: 'other-root', scope: 'orders:admin' }),
      shop.token({ scope: 'orders:admin' }),
      OPERATOR,
      of(ann),
    ];
    const ids = [];
    for (const caller of callers) {
      const first = await place(ann, { ...caller, ...key });
      expect((await place(ann, { ...caller, ...key })).body).toEqual(first.body);
      ids.push((first.body as Order).id);
    }
    expect(new Set(ids).size).toBe(callers.length);
    const asAdmin = await place(ann, { ...shop.token({ sub: ann.id, scope: 'orders:admin' }), ...key });
    expect((asAdmin.body as unknown as Order).id).toBe(ids.at(-1));
  });

  it('are listed for their user alone, and all for an administrator', async () => {
    await place(ann, of(ann));
    expect(await ownersIn('', of(ann))).toEqual([ann.id]);
    expect(await ownersIn(`?userId=${ann.id}`, of(ann))).toEqual([ann.id]);
    expect(await ownersIn(`?userId=${ben.id}`, of(ann))).toEqual([]);
    expect(await ownersIn('', shop.admin)).toEqual([ann.id, ben.id].sort());
    expect((await send('GET ?count=exact&limit=1', of(ben))).body).toMatchObject({
      count: (await send(`GET ?userId=${ben.id}&count=exact&limit=1`, shop.admin)).body.count as number,
    });
    expect(await ownersIn(`/user/${ann.id}`, of(ann))).toEqual([ann.id]);
    expect(await ownersIn(`/user/${ann.id}`, shop.admin)).toEqual([ann.id]);
  });

  it('do not exist for other users', async () => {
    const missing = '0197c0de-0000-7000-8000-000000000000';
    const asMissing = (text: unknown) => JSON.stringify(text).replaceAll(missing, order.id);
    const requests: [string, object?][] = [
      ['GET'],
      ['PUT', { status: 'paid' }],
      ['PATCH', { status: 'paid' }],
      ['DELETE'],
    ];
    for (const [method, body] of requests) {
      const headers = { ...of(ann), 'x-request-id': 'r-1' };
      const others = await send(`${method} /${order.id}`, headers, body);
      const none = await send(`${method} /${missing}`, headers, body);
      expect([method, others.status, JSON.stringify(others.body)]).toEqual([
        method,
        404,
        asMissing(none.body),
      ]);
    }
    const list = await send(`GET /user/${ben.id}`, { ...of(ann), 'x-request-id': 'r-1' });
    const none = await send(`GET /user/${missing}`, { ...of(ann), 'x-request-id': 'r-1' });
    expect([list.status, JSON.stringify(list.body).replaceAll(ben.id, missing)]).toEqual([
      404,
      JSON.stringify(none.body),
    ]);
    expect((await send(`GET /${order.id}`, of(ben))).body).toMatchObject({ status: 'confirmed' });
  });

  it('are cancelled by their user, and changed by administrators', async () => {
    expect((await send(`GET /${order.id}`, shop.admin)).status).toBe(200);
    for (const method of ['PUT', 'PATCH'])
      expect((await send(`${method} /${order.id}`, of(ben), { status: 'paid' })).status).toBe(403);
    const change = await send(`PATCH /${order.id}`, shop.admin, { status: 'paid' });
    expect([change.status, (change.body as Order).status]).toEqual([200, 'paid']);
    const own = (await place(ann, of(ann))).body as Order;
    expect((await send(`PATCH /${own.id}`, of(ann), { status: 'cancelled' })).status).toBe(200);
    expect((await send(`DELETE /${order.id}`, shop.admin)).status).toBe(204);
  });

  it('are not for programs and tokens without a user, unless they are administrators', async () => {
    for (const headers of [
      PARTNER,
      shop.token({ sub: undefined }),
      shop.token({ sub: '' }),
      shop.token({ sub: 'deleted-user' }),
    ]) {
      for (const line of ['GET ', `GET /${order.id}`, `DELETE /${order.id}`, `GET /user/${ben.id}`])
        expect([line, (await send(line, headers)).status]).toEqual([line, 403]);
      expect((await place(ben, headers)).status).toBe(403);
    }
    expect((await send(`GET /${order.id}`, OPERATOR)).status).toBe(200);
    expect((await place(ann, OPERATOR)).status).toBe(201);
  });

  it('are not stored for others by a cache, also of a gateway that does not know the callers', async () => {
    const { headers } = await send(`GET /${order.id}`, of(ben));
    expect([headers.get('cache-control'), headers.get('vary')]).toEqual([
      'private',
      'x-user-id, x-consumer, x-scopes',
    ]);
    const open = join(shop.path, 'open.yaml');
    writeFileSync(open, 'version: 1\nservices: { order-service: { cache: { enabled: true, ttl: 60s } } }\n');
    const DATA_DIR = join(shop.path, 'open');
    const other = await startSystem(mount, { DATA_DIR, DATA_PLANE: plane, GATEWAY_CONFIG: open });
    const statusOf = async (headers: Headers) => {
      const response = await call(other.url, `GET ${ORDERS}`, { headers });
      return [response.status, response.headers.get('cache-status')?.includes('hit') ?? false];
    };
    const results = [await statusOf({}), await statusOf({}), await statusOf({ 'x-consumer': 'partner' })];
    await other.process.stop();
    expect(results).toEqual([
      [200, false],
      [200, true],
      [403, false],
    ]);
  });

  it('do not depend on an identity that a client states', async () => {
    for (const name of ['x-scopes', 'X_Scopes', 'x.scopes', 'x-user-id', 'x_user_id', 'x-consumer']) {
      const headers = { ...of(ann), [name]: name.includes('user') ? ben.id : 'orders:admin' };
      expect([name, (await send(`GET /${order.id}`, headers)).status]).toEqual([name, 404]);
      expect([name, await ownersIn('', headers)]).toEqual([name, [ann.id]]);
    }
    expect((await send('GET ', { 'x-user-id': ben.id, 'x-scopes': 'orders:admin' })).status).toBe(401);
  });
});
