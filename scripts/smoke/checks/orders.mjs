import { randomUUID } from 'node:crypto';
import { equals, hasMembers, hasStatus, satisfies, isPage, isProblem, pointsAt } from '../expect.mjs';
import { lists, unknown } from './resource.mjs';

const collection = '/api/order-service/orders';
const usersPath = '/api/user-service/users';
const productsPath = '/api/product-service/products';

/** The endpoints of the order service. */
export async function orders({ client, report }) {
  await report.group('orders', async (group) => {
    const { user, product, ghost } = await neighbours(group, client);
    group.defer(() => cancelOrders(client, report, user));
    const stock = async () => (await client.get(`${productsPath}/${product.id}`)).json.stock;
    const body = { userId: user.id, items: [{ productId: product.id, quantity: 2 }] };
    const order = await placement(group, client, { body, stock });
    await byUser(group, client, user, order);
    await idempotency(group, client, { body, stock });
    // Two pages: the orders of the checks above.
    await lists(group, client, collection);
    await impossible(group, client, { body, product, ghost, stock });
    await status(group, client, `${collection}/${order.id}`);
    await cancellation(group, client, { body, stock });
    await refusals(group, client, body, `${collection}/${order.id}`);
    await unknown(group, client, collection, { status: 'paid' }, { status: 'paid' });
  });
}

/** Orders are records: a client can cancel them until they are shipped, and cannot delete them. */
async function cancelOrders(client, report, user) {
  const { items } = isPage(await client.get(`${collection}/user/${user.id}?limit=200`));
  for (const { id } of items) {
    const path = `${collection}/${id}`;
    await client.send('DELETE', path);
    const { status } = (await client.get(path)).json;
    report.addRemains(path, `orders cannot be deleted; it is ${status}`);
  }
}

async function neighbours(group, client) {
  const make = async (path, body) => {
    const { json } = hasStatus(await client.send('POST', path, body), 201);
    group.defer(() => client.send('DELETE', `${path}/${json.id}`));
    return json;
  };
  return group.need('a user and a product to order with', async () => ({
    user: await make(usersPath, { email: `smoke-${randomUUID()}@example.com`, name: 'Ann' }),
    product: await make(productsPath, {
      name: 'Chair',
      category: 'smoke',
      price: 4900,
      currency: 'EUR',
      stock: 10,
    }),
    ghost: randomUUID(),
  }));
}

async function placement(group, client, { body, stock }) {
  return group.need(
    'POST /orders returns 201, priced by the product service, and takes the stock',
    async () => {
      const response = hasStatus(await client.send('POST', collection, body), 201);
      const order = hasMembers(
        response.json,
        'id',
        'userId',
        'status',
        'items',
        'total',
        'currency',
        'createdAt',
      );
      equals('total and currency', [order.total, order.currency], [9800, 'EUR']);
      equals('unit price', order.items[0].unitPrice, 4900);
      equals('stock that is left', await stock(), 8);
      const location = new URL(response.headers.get('location') ?? 'about:blank', 'http://gateway').pathname;
      equals('Location', location, `${collection}/${order.id}`);
      equals('the order', hasStatus(await client.get(location), 200).json.id, order.id);
      return order;
    },
  );
}

async function byUser(group, client, user, order) {
  await group.check('GET /orders/user/{userId} pages through the orders of one user', async () => {
    const page = isPage(await client.get(`${collection}/user/${user.id}`));
    satisfies(
      page.items.some(({ id }) => id === order.id),
      `the order ${order.id}`,
      page.items,
    );
    satisfies(
      page.items.every(({ userId }) => userId === user.id),
      'orders of this user only',
      page.items,
    );
  });
}

async function idempotency(group, client, { body, stock }) {
  await group.check('POST /orders with the same Idempotency-Key creates one order', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = hasStatus(await client.send('POST', collection, body, headers), 201);
    const left = await stock();
    const second = hasStatus(await client.send('POST', collection, body, headers), 200, 201);
    equals('id', second.json.id, first.json.id);
    equals('stock', await stock(), left);
    await client.send('DELETE', `${collection}/${first.json.id}`);
  });
}

async function impossible(group, client, { body, product, ghost, stock }) {
  await group.check('POST /orders of an unknown user or product is 422', async () => {
    isProblem(await client.send('POST', collection, { ...body, userId: ghost }), 422);
    isProblem(
      await client.send('POST', collection, { ...body, items: [{ productId: ghost, quantity: 1 }] }),
      422,
    );
  });
  await group.check('POST /orders beyond the stock is 409 insufficient-stock and takes nothing', async () => {
    const left = await stock();
    const response = await client.send('POST', collection, {
      ...body,
      items: [{ productId: product.id, quantity: 999 }],
    });
    const problem = isProblem(response, 409, 'insufficient-stock');
    satisfies(JSON.stringify(problem).includes(product.id), `the product ${product.id} to be named`, problem);
    equals('stock', await stock(), left);
  });
}

async function status(group, client, path) {
  await group.check('PUT and PATCH /orders/{id} move the status one step at a time, else 409', async () => {
    equals('status', (await client.get(path)).json.status, 'confirmed');
    isProblem(await client.send('PUT', path, { status: 'delivered' }), 409);
    equals('status', hasStatus(await client.send('PUT', path, { status: 'paid' }), 200).json.status, 'paid');
    equals(
      'status',
      hasStatus(await client.send('PATCH', path, { status: 'shipped' }), 200).json.status,
      'shipped',
    );
    isProblem(await client.send('PATCH', path, { status: 'cancelled' }), 409);
    isProblem(await client.send('DELETE', path), 409);
  });
  await group.check('PUT /orders/{id} with a stale If-Match is 412', async () => {
    const etag = (await client.get(path)).headers.get('etag');
    hasStatus(await client.send('PUT', path, { status: 'delivered' }, { 'if-match': etag }), 200);
    isProblem(await client.send('PUT', path, { status: 'delivered' }, { 'if-match': etag }), 412);
  });
}

async function cancellation(group, client, { body, stock }) {
  await group.check(
    'DELETE /orders/{id} cancels: 204, stock released once, order still readable',
    async () => {
      const left = await stock();
      const { json } = hasStatus(await client.send('POST', collection, body), 201);
      equals('stock while it is ordered', await stock(), left - 2);
      hasStatus(await client.send('DELETE', `${collection}/${json.id}`), 204);
      equals('stock after it was cancelled', await stock(), left);
      equals('status', (await client.get(`${collection}/${json.id}`)).json.status, 'cancelled');
      await client.send('DELETE', `${collection}/${json.id}`);
      equals('stock after it was cancelled again', await stock(), left);
    },
  );
}

async function refusals(group, client, body, path) {
  await group.check('POST /orders refuses bad, unknown and priced members with 400', async () => {
    pointsAt(await client.send('POST', collection, { ...body, userId: 7 }), '/userId');
    pointsAt(await client.send('POST', collection, { ...body, items: [] }), '/items');
    pointsAt(await client.send('POST', collection, { ...body, colour: 'red' }), '/colour');
    const item = body.items[0];
    pointsAt(
      await client.send('POST', collection, { ...body, items: [{ ...item, quantity: 0 }] }),
      '/items/0/quantity',
    );
    pointsAt(
      await client.send('POST', collection, { ...body, items: [{ ...item, unitPrice: 1 }] }),
      '/items/0/unitPrice',
    );
  });
  await group.check('PUT and PATCH /orders/{id} refuse anything but a status with 400', async () => {
    for (const method of ['PUT', 'PATCH']) {
      pointsAt(await client.send(method, path, { status: 'lost' }), '/status');
      pointsAt(await client.send(method, path, { status: 'paid', total: 1 }), '/total');
    }
  });
  await group.check('POST, PUT, PATCH refuse bodies that are not JSON, too large or malicious', async () => {
    for (const [method, target] of [
      ['POST', collection],
      ['PUT', path],
      ['PATCH', path],
    ]) {
      for (const raw of ['{"a":', '[]', '{"__proto__":{"admin":true}}'])
        isProblem(await client.send(method, target, raw), 400);
      isProblem(await client.send(method, target, Uint8Array.of(0x22, 0xff, 0x22)), 400);
      isProblem(await client.send(method, target, JSON.stringify({ status: 'x'.repeat(2 ** 21) })), 413);
      isProblem(await client.send(method, target, 'text', { 'content-type': 'text/plain' }), 415);
    }
  });
}
