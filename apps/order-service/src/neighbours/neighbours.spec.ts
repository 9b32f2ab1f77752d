import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Neighbours, ServiceUnreachable } from '#registry-client';
import { NeighbourStockReservations } from './stock-reservations.js';
import { NeighbourUserDirectory } from './user-directory.js';

const ITEMS = [{ productId: 'p', quantity: 1 }];
const RESERVED = [{ productId: 'p', quantity: 1, unitPrice: 250, currency: 'EUR', name: 'Tea' }];
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
        response.writeHead(stubbed.status);
        response.end(stubbed.body === undefined ? '' : JSON.stringify(stubbed.body));
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
