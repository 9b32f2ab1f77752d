import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { onOwnPostgres, tempDir, waitFor } from '#testing';
import { Shop } from '../support/shop.js';
import { DocumentCheck, type OpenApiDocument } from './document-check.js';

const NAMES = ['users', 'products', 'orders'] as const;
type Name = (typeof NAMES)[number];

const UNKNOWN = '0197c0de-0000-7000-8000-000000000000';
const MAX_BODY = 1024 * 1024;
const MAX_PLACEMENTS = 50;

interface Parts {
  /** Values of the parameters in the path, by name. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: string;
  /** Sent as JSON unless it is a text. */
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Resource {
  readonly id: string;
}

/** A shop whose responses are compared with the documents of its services. */
class CheckedShop {
  private readonly checks = new Map<Name, DocumentCheck>();

  private constructor(readonly shop: Shop) {}

  static async of(shop: Shop): Promise<CheckedShop> {
    const checked = new CheckedShop(shop);
    for (const name of NAMES) {
      const document = await (await shop.send(name, 'GET', '/docs-json')).json();
      checked.checks.set(name, new DocumentCheck(document as OpenApiDocument));
    }
    return checked;
  }

  check(name: Name): DocumentCheck {
    return this.checks.get(name)!;
  }

  /** Sends a request of an operation. @returns the body of the response @throws as {@link DocumentCheck.accept} */
  async send(name: Name, operation: string, parts: Parts = {}): Promise<unknown> {
    return this.check(name).accept(operation, await this.request(name, operation, parts));
  }

  async request(
    name: Name,
    operation: string,
    { path = {}, query = '', body, headers }: Parts,
  ): Promise<Response> {
    const [method, template] = operation.split(' ') as [string, string];
    const target = template.replace(/\{(\w+)\}/g, (_braces, parameter: string) => path[parameter]!) + query;
    const type = { ...(body !== undefined && { 'content-type': 'application/json' }) };
    const sent = typeof body === 'object' ? JSON.stringify(body) : body;
    return fetch(this.shop.urlOf(name) + target, {
      method,
      headers: { ...type, ...headers },
      ...(sent !== undefined && { body: sent }),
    });
  }

  /** Every operation with a value for each parameter of its path. */
  operationsOf(
    name: Name,
    value: string,
  ): readonly (readonly [operation: string, parts: Parts, hasBody: boolean])[] {
    return [...this.check(name).operations].map(([operation, { parameters = [], requestBody }]) => {
      const names = parameters.filter((each) => each.in === 'path').map((each) => each.name);
      return [
        operation,
        { path: Object.fromEntries(names.map((each) => [each, value])) },
        requestBody !== undefined,
      ];
    });
  }
}

describe('the documents of the services', () => {
  const folders: ReturnType<typeof tempDir>[] = [];
  let shop: Shop;
  let checked: CheckedShop;
  let user: Resource;
  let product: Resource;
  let order: Resource;

  beforeAll(async () => {
    shop = await Shop.open({ createStorage: () => Promise.resolve(newStorage()) });
    checked = await CheckedShop.of(shop);
    user = (await checked.send('users', 'POST /users', { body: emailOf('ann') })) as Resource;
    product = (await checked.send('products', 'POST /products', { body: lamp(10) })) as Resource;
    order = await place();
  });
  afterAll(async () => {
    await shop.close();
    for (const folder of folders) folder.remove();
  });

  function newStorage() {
    const folder = tempDir('documents-');
    folders.push(folder);
    return { databaseUrl: undefined, dataDir: folder.path, sync: 'normal' as const };
  }

  const emailOf = (name: string) => ({ email: `${name}@example.com`, name });
  const lamp = (stock: number, currency = 'EUR') => ({
    ...{ name: 'Lamp', category: 'lighting', price: 100, currency, stock },
  });
  const orderOf = (productId = product.id, quantity = 1) => ({
    userId: user.id,
    items: [{ productId, quantity }],
  });
  const place = async (parts: Parts = {}) =>
    (await checked.send('orders', 'POST /orders', { body: orderOf(), ...parts })) as Resource;

  it('have examples of their schemas', () => {
    for (const name of NAMES) expect(checked.check(name).checkExamples()).toBeGreaterThan(20);
  });

  it('describe requests that cannot be read, or are invalid', async () => {
    for (const name of NAMES) {
      for (const [operation, parts] of checked.operationsOf(name, '%zz'))
        if (operation.includes('{')) await checked.send(name, operation, { ...parts, body: undefined! });
      for (const [operation, parts] of checked.operationsOf(name, 'x'.repeat(129)))
        if (operation.includes('{')) await checked.send(name, operation, { ...parts, ...bodyFor(operation) });
      for (const [operation, parts, hasBody] of checked.operationsOf(name, UNKNOWN)) {
        if (!hasBody) continue;
        await checked.send(name, operation, { ...parts, body: '{' });
        await checked.send(name, operation, { ...parts, body: { unknown: 1 } });
        await checked.send(name, operation, { ...parts, body: JSON.stringify('x'.repeat(MAX_BODY)) });
        await checked.send(name, operation, {
          ...parts,
          body: 'x',
          headers: { 'content-type': 'text/plain' },
        });
      }
    }
  });

  /** A valid body, for an operation that has one. */
  function bodyFor(operation: string): Parts {
    if (operation.startsWith('GET') || operation.startsWith('DELETE')) return {};
    if (operation.includes('/stock-reservations')) return { body: { items: orderOf().items } };
    if (operation.includes('/users')) return { body: emailOf('bob') };
    return { body: operation.includes('/products') ? lamp(10) : { status: 'paid' } };
  }

  it('describe lists', async () => {
    const lists: [Name, string, Parts?][] = [
      ['users', 'GET /users'],
      ['products', 'GET /products'],
      ['products', 'GET /products/category/{category}', { path: { category: 'lighting' } }],
      ['orders', 'GET /orders'],
      ['orders', 'GET /orders/user/{userId}', { path: { userId: user.id } }],
    ];
    for (const [name, operation, parts] of lists) {
      await checked.send(name, operation, parts);
      await checked.send(name, operation, { ...parts, query: '?count=exact&limit=1' });
      await checked.send(name, operation, { ...parts, query: '?limit=0' });
      await checked.send(name, operation, { ...parts, query: '?cursor=bm90IG1pbmU' });
    }
  });

  it('describe conditional requests', async () => {
    const resources: [Name, string, Resource][] = [
      ['users', '/users/{id}', user],
      ['products', '/products/{id}', product],
      ['orders', '/orders/{id}', order],
    ];
    for (const [name, path, { id }] of resources) {
      const etag = (await checked.request(name, `GET ${path}`, { path: { id } })).headers.get('etag')!;
      await checked.send(name, `GET ${path}`, { path: { id }, headers: { 'if-none-match': etag } });
      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        const parts = { path: { id }, ...bodyFor(`${method} ${path}`) };
        await checked.send(name, `${method} ${path}`, { ...parts, headers: { 'if-match': '"0"' } });
        await checked.send(name, `${method} ${path}`, { ...parts, path: { id: UNKNOWN } });
      }
    }
    for (const operation of ['GET /products', 'GET /products/category/{category}']) {
      const path = { category: 'lighting' };
      const etag = (await checked.request('products', operation, { path })).headers.get('etag')!;
      await checked.send('products', operation, { path, headers: { 'if-none-match': etag } });
    }
  });

  it('describe users', async () => {
    const body = emailOf('cleo');
    const { id } = (await checked.send('users', 'POST /users', { body })) as Resource;
    await checked.send('users', 'POST /users', { body });
    for (const operation of ['PUT /users/{id}', 'PATCH /users/{id}']) {
      await checked.send('users', operation, { path: { id }, body: emailOf('dan') });
      await checked.send('users', operation, { path: { id }, body: emailOf('ann') });
    }
    await checked.send('users', 'GET /users/{id}', { path: { id } });
    await checked.send('users', 'DELETE /users/{id}', { path: { id } });
  });

  it('describe products and reservations', async () => {
    const { id } = (await checked.send('products', 'POST /products', { body: lamp(3) })) as Resource;
    const won = (await checked.send('products', 'POST /products', { body: lamp(3, 'KRW') })) as Resource;
    await checked.send('products', 'GET /products/{id}', { path: { id } });
    await checked.send('products', 'PUT /products/{id}', { path: { id }, body: lamp(5) });
    await checked.send('products', 'PATCH /products/{id}', { path: { id }, body: { stockDelta: 1 } });
    await checked.send('products', 'PATCH /products/{id}', { path: { id }, body: { stockDelta: -100 } });
    const command = 'PUT /stock-reservations/{orderId}';
    const reserve = (orderId: string, ...items: readonly [productId: string, quantity: number][]) =>
      checked.send('products', command, {
        path: { orderId },
        body: { items: items.map(([productId, quantity]) => ({ productId, quantity })) },
      });
    await reserve('o1', [id, 2]);
    await reserve('o1', [id, 1]);
    await reserve('o2', [id, 1000]);
    await reserve('o3', [UNKNOWN, 1]);
    await reserve('o4', [id, 1], [won.id, 1]);
    await checked.send('products', 'GET /stock-reservations/{orderId}', { path: { orderId: 'o1' } });
    await checked.send('products', 'DELETE /stock-reservations/{orderId}', { path: { orderId: 'o1' } });
    await reserve('o1', [id, 2]);
    await checked.send('products', 'DELETE /products/{id}', { path: { id } });
  });

  it('describe orders', async () => {
    const won = (await checked.send('products', 'POST /products', { body: lamp(3, 'KRW') })) as Resource;
    const mixed = {
      userId: user.id,
      items: [product, won].map(({ id }) => ({ productId: id, quantity: 1 })),
    };
    await place({ body: mixed });
    await place({ body: { ...orderOf(), userId: UNKNOWN } });
    await place({ body: orderOf(UNKNOWN) });
    await place({ body: orderOf(product.id, 10_000) });
    await place({ headers: { 'idempotency-key': 'a b' } });
    await place({ headers: { 'idempotency-key': 'once' } });
    await place({ body: orderOf(product.id, 2), headers: { 'idempotency-key': 'once' } });
    for (const to of ['PUT', 'PATCH'].map((method) => `${method} /orders/{id}`)) {
      const path = { id: (await place()).id };
      await checked.send('orders', to, { path, body: { status: 'paid' } });
      await checked.send('orders', to, { path, body: { status: 'pending' } });
      await checked.send('orders', to, { path, body: { status: 'shipped', userId: UNKNOWN } });
      await checked.send('orders', to, { path, body: { status: 'shipped' } });
      await checked.send('orders', 'DELETE /orders/{id}', { path });
    }
    const path = { id: (await place()).id };
    await checked.send('orders', 'GET /orders/{id}', { path });
    await checked.send('orders', 'DELETE /orders/{id}', { path });
  });

  it('describe callers without rights', async () => {
    const headers = { 'x-scopes': '' };
    for (const [operation, parts] of checked.operationsOf('orders', order.id))
      if (operation.includes('/orders'))
        await checked.send('orders', operation, {
          ...{ ...parts, ...bodyFor(operation), headers },
          ...(operation === 'POST /orders' && { body: orderOf() }),
        });
  });

  it('describe the stream of orders', async () => {
    const operation = 'GET /orders/stream';
    const open: AbortController[] = [];
    /** The head and the first bytes of the stream, which stays open; or a refusal. */
    const stream = async (headers: Record<string, string> = {}): Promise<Response> => {
      const leaving = new AbortController();
      open.push(leaving);
      const response = await fetch(`${shop.urlOf('orders')}/orders/stream`, {
        headers,
        signal: leaving.signal,
      });
      if (response.status !== 200) return response;
      const { value } = (await response.body!.getReader().read()) as { value?: Uint8Array<ArrayBuffer> };
      return new Response(value ?? null, { headers: response.headers });
    };
    await checked.check('orders').accept(operation, await stream());
    await checked.send('orders', operation, { query: '?status=paid' });
    const refusedTo = async (headers?: Record<string, string>): Promise<Response> => {
      for (;;) {
        const response = await stream(headers);
        if (response.status !== 200) return response;
      }
    };
    await checked.check('orders').accept(operation, await refusedTo({ 'x-user-id': user.id }));
    await checked.check('orders').accept(operation, await refusedTo());
    for (const leaving of open) leaving.abort();
  });

  it('describe health and metrics', async () => {
    for (const name of NAMES)
      for (const operation of ['GET /health', 'GET /health/live', 'GET /health/ready', 'GET /metrics'])
        await checked.send(name, operation);
  });

  it('describe orders while another service is away, slow, or refuses', async () => {
    await shop.stop('products', { silently: true });
    let respond: RequestListener = (_request, response) =>
      response
        .writeHead(409, { 'content-type': 'application/problem+json' })
        .end(JSON.stringify({ type: 'urn:msa-gateway:problem:stock-given-back' }));
    let received = 0;
    const stub = await listenInPlaceOf('products', (request, response) => {
      received += 1;
      respond(request, response);
    });
    await place();
    respond = () => undefined;
    received = 0;
    const first = place({ headers: { 'idempotency-key': 'slow' } });
    await waitFor('the call of the product service', () => Promise.resolve(received > 0));
    await place({ headers: { 'idempotency-key': 'slow' } });
    const others = Array.from({ length: 3 * MAX_PLACEMENTS }, () => place());
    await Promise.all([first, ...others]);
    stub.closeAllConnections();
    stub.close();
  });

  async function listenInPlaceOf(name: Name, listener: RequestListener): Promise<Server> {
    const server = createServer(listener).listen(Number(new URL(shop.urlOf(name)).port), '127.0.0.1');
    await once(server, 'listening');
    return server;
  }

  it('describe no response that was not seen, but those of a store that is away', () => {
    const unseen = NAMES.flatMap((name) => checked.check(name).unseen);
    // Dead letters exist only after failures of handlers, which the suites of events cause.
    const expected = unseen.filter((each) => !each.includes(' /events/dead-letters'));
    expect(expected.filter((each) => !/ 503( storage-unavailable)?$/.test(each))).toEqual([]);
  });
});

onOwnPostgres('the documents of services whose store is away', (server) => {
  it('describe the problem for every operation', async () => {
    const shop = await Shop.open({
      createStorage: async () => ({
        databaseUrl: await server().createDatabase(),
        dataDir: '',
        sync: 'normal',
      }),
    });
    const checked = await CheckedShop.of(shop);
    await server().stop();
    for (const name of NAMES) {
      for (const [operation, { path }, hasBody] of checked.operationsOf(name, UNKNOWN))
        await checked.send(name, operation, {
          path,
          ...(hasBody && { body: validBodyOf(checked, name, operation) }),
        });
      const unseen = checked.check(name).unseen.filter((each) => / 503( storage-unavailable)?$/.test(each));
      expect(unseen).toEqual([]);
    }
    await shop.close();
  });
});

/** The example of a request. */
function validBodyOf(checked: CheckedShop, name: Name, operation: string): object {
  const { requestBody } = checked.check(name).operations.get(operation)!;
  return (
    requestBody!.content['application/json']!.example ?? {
      items: [{ productId: UNKNOWN, quantity: 1 }],
    }
  );
}
