import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredResponse } from '../../../cache/stored-response.js';
import type { CachePolicy } from '../../../policy/members/cache.js';
import { instanceOf } from '../../testing/instances.js';
import { ProxyHarness } from '../../testing/proxy-harness.js';

const CACHE: CachePolicy = {
  enabled: true,
  ttl: undefined,
  maxObject: 10_000,
  key: undefined,
  staleWhileRevalidate: 60_000,
  staleIfError: 60_000,
  tags: undefined,
};

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await sleep(5);
};

describe.each(['wire', 'node'] as const)('A cache that gateways share (%s)', (kind) => {
  let service: Server;
  let received: IncomingMessage[];
  let respond: (response: ServerResponse) => void;
  let harness: ProxyHarness;

  /** The response of `path` that another gateway has stored. */
  const shared = (more: Partial<StoredResponse> = {}): StoredResponse => ({
    service: 'users',
    path: '/',
    status: 200,
    lines: 'x-from: another\r\n',
    receivedAt: performance.now(),
    initialAge: 5000,
    lifetime: 60_000,
    needsValidation: false,
    forbidsStale: false,
    staleWhileRevalidate: 0,
    staleIfError: 0,
    isShareable: false,
    etag: '"1"',
    lastModified: undefined,
    vary: [],
    variant: '',
    tags: [],
    body: Buffer.from('shared'),
    ...more,
  });
  const get = async (path = '/', headers: Record<string, string> = {}, method = 'GET') => {
    const response = await fetch(`${harness.url}/api/users${path}`, { method, headers });
    const status = response.headers.get('cache-status');
    return { text: await response.text(), status, headers: response.headers };
  };

  beforeEach(async () => {
    received = [];
    respond = (response) =>
      response
        .writeHead(200, { 'cache-control': 'max-age=60', etag: '"1"' })
        .end(`response ${received.length}`);
    service = createServer((request, response) => {
      received.push(request);
      respond(response);
    }).listen(0, '127.0.0.1');
    await once(service, 'listening');
    harness = await ProxyHarness.start({}, kind, { cache: CACHE });
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    harness.setInstances({ ...instanceOf({ id: 'a' }), url, endpoint: url });
    harness.tier.isAvailable = true;
  });
  afterEach(async () => {
    await harness.close();
    service.closeAllConnections();
    service.close();
  });

  it('sends the response that another gateway has stored, and keeps it', async () => {
    harness.tier.onFind = () => Promise.resolve(shared());
    for (const _ of ['first', 'second']) {
      const { text, status, headers } = await get();
      expect(text).toBe('shared');
      expect(status).toMatch(/^msa-gateway; hit; ttl=5[45]$/);
      expect(headers.get('x-from')).toBe('another');
      expect(Number(headers.get('age'))).toBeGreaterThanOrEqual(5);
    }
    expect([received.length, harness.tier.asked.length]).toEqual([0, 1]);
  });

  it('stores a response with the position of purges at which its request was sent', async () => {
    respond = (response) => {
      harness.tier.position = { epoch: 'e', id: 2 };
      response.writeHead(200, { 'cache-control': 'max-age=60' }).end('late');
    };
    expect((await get()).text).toBe('late');
    expect(harness.tier.stored).toMatchObject([{ position: { epoch: 'e', id: 1 }, response: { path: '/' } }]);
  });

  it('asks once for many equal requests', async () => {
    harness.tier.onFind = () => sleep(50).then(() => shared());
    const texts = await Promise.all(Array.from({ length: 100 }, async () => (await get()).text));
    expect(new Set(texts)).toEqual(new Set(['shared']));
    expect([received.length, harness.tier.asked.length]).toEqual([0, 1]);
  });

  it('asks the service if others have nothing, and does not ask them while they are away', async () => {
    expect((await get()).text).toBe('response 1');
    harness.tier.isAvailable = false;
    expect((await get('/other')).text).toBe('response 2');
    expect(harness.tier.asked.length).toBe(1);
  });

  it('does not use the response for callers with credentials unless it may be shared with them', async () => {
    harness.tier.onFind = () => Promise.resolve(shared());
    expect((await get('/', { authorization: 'Bearer a' })).text).toBe('response 1');
    harness.tier.onFind = () => Promise.resolve(shared({ path: '/public', isShareable: true }));
    expect((await get('/public', { authorization: 'Bearer a' })).text).toBe('shared');
  });

  it('does not use a response that was purged while it was looked up', async () => {
    let find = (_response: StoredResponse): void => undefined;
    harness.tier.onFind = () => new Promise((resolve) => (find = resolve));
    const first = get();
    await until(() => harness.tier.asked.length === 1);
    harness.cache.purge({ path: '/' });
    find(shared());
    expect((await first).text).toBe('response 1');
  });

  it('goes on for those that wait if the client leaves that looks it up', async () => {
    let find = (_response: StoredResponse): void => undefined;
    harness.tier.onFind = () => new Promise((resolve) => (find = resolve));
    const leaving = httpRequest(`${harness.url}/api/users/`).on('error', () => undefined);
    leaving.end();
    await until(() => harness.tier.asked.length === 1);
    const waiting = [get(), get()];
    await until(() => harness.cache.fills.waitingCount === 2);
    const findFirst = find;
    leaving.destroy();
    await until(() => harness.tier.asked.length === 2);
    // Nothing would tell whether it was purged since.
    findFirst(shared({ body: Buffer.from('too late') }));
    await sleep(5);
    expect(harness.cache.entries).toBe(0);
    find(shared());
    expect((await Promise.all(waiting)).map(({ text }) => text)).toEqual(['shared', 'shared']);
    expect([received.length, harness.cache.fills.count, harness.stageErrors]).toEqual([0, 0, []]);
  });

  it('has a response confirmed that others may have purged, and never uses it instead of a failure', async () => {
    await get();
    harness.hearsPurges = false;
    respond = (response) => response.writeHead(304, { 'cache-control': 'max-age=60', etag: '"1"' }).end();
    const confirmed = await get();
    expect([confirmed.text, confirmed.status]).toEqual([
      'response 1',
      'msa-gateway; fwd=stale; fwd-status=304; stored',
    ]);
    expect(received[1]!.headers['if-none-match']).toBe('"1"');
    respond = (response) => response.writeHead(503).end('failed');
    expect((await get()).text).toBe('failed');
    harness.hearsPurges = true;
    expect((await get()).status).toContain('; hit');
    expect(received.length).toBe(3);
  });

  it('does not go on to use a stale response instead of a failure once others may have purged it', async () => {
    respond = (response) => response.writeHead(200, { 'cache-control': 'max-age=0' }).end('stale');
    await get();
    respond = (response) => response.writeHead(503).end('failed');
    expect((await get('/', { 'cache-control': 'no-cache' })).text).toBe('stale');
    harness.hearsPurges = false;
    expect((await get('/', { 'cache-control': 'no-cache' })).text).toBe('failed');
  });

  it('uses no stale response for a request that cannot store one if it was purged meanwhile', async () => {
    respond = (response) => response.writeHead(200, { 'cache-control': 'max-age=0' }).end('stale');
    await get();
    respond = (response) => {
      harness.cache.purge({});
      response.writeHead(503).end('failed');
    };
    expect((await get('/', { 'cache-control': 'no-store, no-cache' })).text).toBe('failed');
  });

  it('tells other gateways what a request has changed', async () => {
    await get('/a', {}, 'DELETE');
    await get('/a');
    expect(harness.purged).toEqual([{ service: 'users', path: '/a' }]);
  });
});
