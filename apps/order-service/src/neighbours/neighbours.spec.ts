import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Neighbours, ServiceUnreachable } from '#registry-client';
import { NeighbourProductCatalogue } from './product-catalogue.js';
import { NeighbourStockReservations } from './stock-reservations.js';
import { NeighbourUserDirectory } from './user-directory.js';

const ITEMS = [{ productId: 'p', quantity: 1 }];
const RESERVED = [{ productId: 'p', quantity: 1, unitPrice: 250, currency: 'EUR', name: 'Tea' }];
/** The check whether there are users, and the first page of products. */
const LISTS = new Set(['/users?limit=1', '/products?limit=200']);
const problem = (code: string, members = {}) => ({
  type: `urn:msa-gateway:problem:${code}`,
  title: 'T',
  detail: 'D',
  instance: '/theirs',
  requestId: 'theirs',
  ...members,
});

describe('responses of other services', () => {
  let server: Server;
  let neighbours: Neighbours;
  let stubbed: { status: number; body?: unknown };
  /** The response to the requests of {@link LISTS}. */
  let list: { status: number; body?: unknown };
  let resets: number;
  let seen: { line: string; requestId: unknown; body: string }[];

  beforeEach(async () => {
    seen = [];
    resets = 0;
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push({
          line: `${request.method} ${request.url}`,
          requestId: request.headers['x-request-id'],
          body,
        });
        if (resets-- > 0) return void request.socket.destroy();
        const { status, body: content } = LISTS.has(request.url ?? '') ? list : stubbed;
        response.writeHead(status);
        response.end(content === undefined ? '' : JSON.stringify(content));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const instances = [{ id: 'a', url, status: 'up', weight: 100 }];
    neighbours = new Neighbours({ instances: () => Promise.resolve(instances as never) });
  });

  afterEach(async () => {
    await neighbours.close();
    server.closeAllConnections();
    server.close();
  });

  const exists = (userId = 'u') => new NeighbourUserDirectory(neighbours).exists(userId, 'r-1');
  const reserve = () => new NeighbourStockReservations(neighbours).reserve('o', ITEMS, 'r-1');
  const release = () => new NeighbourStockReservations(neighbours).release('o', 'r-1');

  it.each([
    [200, true],
    [404, false],
    [400, false],
  ])('maps status %i of the user service to %s', async (status, expected) => {
    stubbed = { status, body: {} };

    expect(await exists('a/../b')).toBe(expected);
    expect(seen).toMatchObject([{ line: 'GET /users/a%2F..%2Fb', requestId: 'r-1' }]);
  });

  it.each([401, 429, 500, 503])('treats status %i of the user service as unreachable', async (status) => {
    stubbed = { status };

    await expect(exists()).rejects.toBeInstanceOf(ServiceUnreachable);
  });

  const isDeleted = () => new NeighbourUserDirectory(neighbours).isDeleted('u');
  const users = (...items: readonly object[]) => ({ status: 200, body: { items, nextCursor: null } });

  it.each([
    ['a user that exists', { status: 200, body: {} }, false],
    ['an id that is malformed', { status: 400, body: problem('validation-failed') }, false],
    ['a user that does not exist', { status: 404, body: problem('not-found') }, true],
  ])('distinguishes whether a user was deleted: %s', async (_what, response, expected) => {
    stubbed = response;
    list = users({});

    expect(await isDeleted()).toBe(expected);
    expect(seen[0]).toMatchObject({ line: 'GET /users/u' });
  });

  it.each([
    ['a 404 of another program', { status: 404 }, users({})],
    ['a 404 with another problem', { status: 404, body: problem('no-such-service') }, users({})],
    ['an error', { status: 500, body: problem('not-found') }, users({})],
    ['a refusal', { status: 401, body: problem('not-found') }, users({})],
    ['a removed resource', { status: 410, body: problem('not-found') }, users({})],
    ['a user service on an empty store', { status: 404, body: problem('not-found') }, users()],
    ['a service without users', { status: 404, body: problem('not-found') }, { status: 404 }],
  ])('does not take %s for the deletion of a user', async (_what, response, all) => {
    stubbed = response;
    list = all;

    await expect(isDeleted()).rejects.toThrow();
  });

  it('reads all products page by page, from the start if the cursor is not known any more', async () => {
    const catalogue = new NeighbourProductCatalogue(neighbours);
    stubbed = { status: 200, body: { items: [], nextCursor: 'd' } };
    expect(await catalogue.page('c')).toEqual({ items: [], nextCursor: 'd' });

    stubbed = { status: 400, body: problem('invalid-cursor') };
    list = { status: 503 };
    await expect(catalogue.page('c')).rejects.toBeInstanceOf(ServiceUnreachable);
    expect(seen.map(({ line }) => line)).toEqual([
      'GET /products?limit=200&cursor=c',
      'GET /products?limit=200&cursor=c',
      'GET /products?limit=200',
    ]);
  });

  it('fails when the cursors of products are rejected again and again, and tries anew after that', async () => {
    const catalogue = new NeighbourProductCatalogue(neighbours);
    list = { status: 200, body: { items: [], nextCursor: 'd' } };
    const rejected = () => {
      stubbed = { status: 400, body: problem('invalid-cursor') };
      return catalogue.page('d');
    };
    for (const attempt of ['first', 'second']) {
      expect([attempt, await rejected(), await rejected()]).toEqual([attempt, list.body, list.body]);
      await expect(rejected()).rejects.toThrow('the product service rejects the cursors');
    }

    await rejected();
    await rejected();
    stubbed = { status: 200, body: { items: [], nextCursor: null } };
    await catalogue.page('d');
    expect(await rejected()).toEqual(list.body);
  });

  it('reserves stock with a repeatable command and uses the prices and names of the response', async () => {
    stubbed = { status: 200, body: { orderId: 'o', status: 'held', items: RESERVED } };

    expect(await reserve()).toEqual(RESERVED);
    expect(seen).toEqual([
      { line: 'PUT /stock-reservations/o', requestId: 'r-1', body: JSON.stringify({ items: ITEMS }) },
    ]);
  });

  it.each([
    [422, 'unknown-product', { errors: [{ pointer: '/items/0/productId', detail: 'none' }] }],
    [409, 'insufficient-stock', { productId: 'p', available: 0 }],
    [422, 'mixed-currencies', {}],
    [409, 'stock-given-back', {}],
  ])('maps a %i %s to a refusal with the same details', async (status, code, members) => {
    stubbed = { status, body: problem(code, members) };
    const refusal = await reserve().catch(
      (error: unknown) => error as { toDocument(...of: string[]): object },
    );

    expect(refusal).toMatchObject({ status, code });
    expect((refusal as { toDocument(...of: string[]): object }).toDocument('/orders', 'ours')).toMatchObject({
      instance: '/orders',
      requestId: 'ours',
      ...members,
    });
  });

  it('does not treat a refusal after a reset as the result of the first request', async () => {
    stubbed = { status: 409, body: problem('insufficient-stock') };
    resets = 1;

    await expect(reserve()).rejects.toBeInstanceOf(ServiceUnreachable);
    expect(seen).toHaveLength(2);
  });

  it('refuses an order whose reservation was released before', async () => {
    stubbed = { status: 200, body: { orderId: 'o', status: 'released', items: RESERVED } };

    await expect(reserve()).rejects.toMatchObject({ code: 'stock-given-back' });
  });

  it.each([
    [400, problem('validation-failed')],
    [409, problem('something-new')],
    [500, problem('insufficient-stock')],
    [404, undefined],
    [404, null],
    [409, 'insufficient-stock'],
    [409, { type: 5 }],
    [409, { type: 'constructor' }],
    [200, undefined],
    [200, null],
    [200, {}],
    [200, { status: 'held' }],
    [200, { status: 'lent', items: RESERVED }],
  ])(
    'treats an unexpected %i with the body %j as unreachable: the order stays pending',
    async (status, body) => {
      stubbed = { status, body };

      await expect(reserve()).rejects.toBeInstanceOf(ServiceUnreachable);
    },
  );

  it('accepts a 204 as a completed release', async () => {
    stubbed = { status: 204 };

    await expect(release()).resolves.toBeUndefined();
    expect(seen).toMatchObject([{ line: 'DELETE /stock-reservations/o' }]);
  });

  it.each([200, 400, 404, 409, 500])('does not accept a %i as a completed release', async (status) => {
    stubbed = { status };

    await expect(release()).rejects.toBeInstanceOf(ServiceUnreachable);
  });
});
