import type { ProblemDocument } from '#contracts';
import { boot, type RunningApp } from '#service-kit';
import { tempDir } from '#testing';
import { orderService } from '#apps/order-service';
import { MapRegistry } from './support/map-registry.js';

const ITEM = { productId: 'p', quantity: 1 };
const ORDER = { userId: 'u', items: [ITEM] };
const MEGABYTE = 1024 * 1024;

/** Bodies that are not JSON, or that are unacceptable JSON. */
const UNREADABLE: readonly (readonly [string, string | Buffer, number])[] = [
  ['nothing', '', 400],
  ['broken JSON', '{"status":', 400],
  ['bad UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22]), 400],
  ['2 MB', JSON.stringify({ userId: 'x'.repeat(2 * MEGABYTE) }), 413],
  ['__proto__', '{"status":"paid","__proto__":{"status":"paid"}}', 400],
  ['nested __proto__', '{"items":[{"__proto__":{"quantity":1}}]}', 400],
  ['an array', '[]', 400],
  ['an array of one', '[{"status":"cancelled"}]', 400],
  ['null', 'null', 400],
  ['a string', '"cancelled"', 400],
  ['a number', '7', 400],
];

const BAD_ORDERS: readonly (readonly [string, unknown, string])[] = [
  ['no userId', { items: [ITEM] }, '/userId'],
  ['a userId that is a number', { ...ORDER, userId: 7 }, '/userId'],
  ['a userId that is null', { ...ORDER, userId: null }, '/userId'],
  ['a blank userId', { ...ORDER, userId: '  ' }, '/userId'],
  ['a userId with U+0000', { ...ORDER, userId: 'a\0' }, '/userId'],
  ['no items', { userId: 'u' }, '/items'],
  ['items that are an object', { ...ORDER, items: {} }, '/items'],
  ['an empty list of items', { ...ORDER, items: [] }, '/items'],
  [
    '101 items',
    { ...ORDER, items: Array.from({ length: 101 }, (_, n) => ({ ...ITEM, productId: `${n}` })) },
    '/items',
  ],
  ['a product twice', { ...ORDER, items: [ITEM, ITEM] }, '/items'],
  ['an item that is null', { ...ORDER, items: [null] }, '/items'],
  ['an item that is a list', { ...ORDER, items: [[]] }, '/items'],
  ['a quantity of 0', { ...ORDER, items: [{ ...ITEM, quantity: 0 }] }, '/items/0/quantity'],
  ['a fractional quantity', { ...ORDER, items: [{ ...ITEM, quantity: 0.5 }] }, '/items/0/quantity'],
  ['a quantity that is a string', { ...ORDER, items: [{ ...ITEM, quantity: '1' }] }, '/items/0/quantity'],
  ['a client-set price', { ...ORDER, items: [{ ...ITEM, unitPrice: 1 }] }, '/items/0/unitPrice'],
  ['a client-set name', { ...ORDER, items: [{ ...ITEM, name: 'Tea' }] }, '/items/0/name'],
  ['a client-set status', { ...ORDER, status: 'paid' }, '/status'],
  ['a client-set id', { ...ORDER, id: 'mine' }, '/id'],
];

const BAD_MOVES: readonly (readonly [string, unknown, string])[] = [
  ['an unknown status', { status: 'lost' }, '/status'],
  ['a status that is null', { status: null }, '/status'],
  ['a status that is a list', { status: ['paid'] }, '/status'],
  ['an unknown member', { status: 'cancelled', total: 0 }, '/total'],
];

describe('bad input to the order service', () => {
  const directory = tempDir();
  let app: RunningApp;
  let id: string;
  let before: string;

  beforeAll(async () => {
    const env = { DATA_DIR: directory.path, ORDER_SERVICE_PORT: '0', LOG_LEVEL: 'ERROR' };
    app = await boot(orderService, { env, registry: new MapRegistry() });
    const placed = await send('POST', '/orders', JSON.stringify(ORDER));
    id = ((await placed.json()) as { id: string }).id;
    before = await everything();
  });

  afterAll(async () => {
    await app.leave();
    await app.close();
    directory.remove();
  });

  const send = (method: string, path: string, body?: string | Buffer, headers: Record<string, string> = {}) =>
    fetch(app.url + path, {
      method,
      ...(body !== undefined && { body: body as never }),
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    });

  /** Id and status of all orders that clients can see. */
  async function everything(): Promise<string> {
    const { items } = (await (await send('GET', '/orders?limit=200')).json()) as {
      items: { id: string; status: string }[];
    };
    return JSON.stringify(items.map(({ id: one, status }) => [one, status]));
  }

  async function expectRefusal(response: Response, status: number): Promise<ProblemDocument> {
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const problem = (await response.json()) as ProblemDocument;
    expect(problem).toMatchObject({ status, requestId: response.headers.get('x-request-id') });
    expect(JSON.stringify(problem)).not.toMatch(/node_modules|\.ts|\.js|select |insert /i);
    expect(await everything()).toBe(before);
    return problem;
  }

  const target = (method: string): string => (method === 'POST' ? '/orders' : `/orders/${id}`);
  const unreadable = ['POST', 'PUT', 'PATCH'].flatMap((method) =>
    UNREADABLE.map(([what, body, status]) => [method, what, body, status] as const),
  );

  it.each(unreadable)('refuses %s of %s, and changes nothing', async (method, _what, body, status) => {
    await expectRefusal(await send(method, target(method), body), status);
  });

  it.each(BAD_ORDERS)('refuses an order with %s, and names the member', async (_what, body, pointer) => {
    const problem = await expectRefusal(await send('POST', '/orders', JSON.stringify(body)), 400);
    expect(problem.errors?.map((error) => error.pointer)).toEqual(
      expect.arrayContaining([expect.stringMatching(new RegExp(`^${pointer}`))]),
    );
  });

  const moves = ['PUT', 'PATCH'].flatMap((method) => BAD_MOVES.map((row) => [method, ...row] as const));

  it.each(moves)('refuses %s with %s, and names the member', async (method, _what, body, pointer) => {
    const problem = await expectRefusal(await send(method, target(method), JSON.stringify(body)), 400);
    expect(problem.errors).toMatchObject([{ pointer }]);
  });

  it('refuses PUT without a status', async () => {
    await expectRefusal(await send('PUT', target('PUT'), '{}'), 400);
  });

  it.each(['', 'two words', 'x'.repeat(256), 'é'])('refuses the Idempotency-Key %j', async (key) => {
    const headers = { 'idempotency-key': key };
    const problem = await expectRefusal(await send('POST', '/orders', JSON.stringify(ORDER), headers), 400);
    expect(problem.type).toMatch(/:idempotency-key-invalid$/);
  });

  it('refuses another media type', async () => {
    const body = JSON.stringify(ORDER);
    await expectRefusal(await send('POST', '/orders', body, { 'content-type': 'text/plain' }), 415);
  });

  it.each([
    '?__proto__=1',
    '?constructor=1',
    '?toString=1',
    '?limit=0',
    '?limit=201',
    '?limit=x',
    '?limit=1&limit=2',
    '?cursor=x',
    '?cursor=',
    '?cursor=%00',
    '?unknown=1',
  ])('refuses the list query %s', async (query) => {
    await expectRefusal(await send('GET', `/orders${query}`), 400);
    await expectRefusal(await send('GET', `/orders/user/u${query}`), 400);
  });

  it.each(['nothing', '%00', '..%2fusers', '00000000-0000-0000-0000-000000000000', '%ff'])(
    'refuses the order id %s',
    async (name) => {
      for (const method of ['GET', 'PATCH', 'DELETE']) {
        const body = method === 'PATCH' ? '{"status":"cancelled"}' : undefined;
        await expectRefusal(await send(method, `/orders/${name}`, body), name === '%ff' ? 400 : 404);
      }
    },
  );

  it('tolerates a user id that cannot be stored', async () => {
    const response = await send('GET', '/orders/user/%00');
    expect(response.status).toBeLessThan(500);
  });
});
