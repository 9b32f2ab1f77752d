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
import { Agent, request } from 'undici';
import type { CachePolicy } from '../../../policy/members/cache.js';
import type { Policy, Timeouts } from '../../../policy/policy.js';
import { instanceOf, localInstanceOf } from '../../testing/instances.js';
import { ProxyHarness } from '../../testing/proxy-harness.js';

const CACHE: CachePolicy = {
  enabled: true,
  ttl: undefined,
  maxObject: 10_000,
  key: undefined,
  staleWhileRevalidate: undefined,
  staleIfError: undefined,
  tags: undefined,
};

type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void;

/** Responds with these fields and a body that tells how often the service was called. */
const respondWith =
  (fields: Record<string, string | string[]>, status = 200): Handler =>
  (_request, response, count) =>
    response.writeHead(status, fields).end(`response ${count}`);

const FRESH = respondWith({ 'cache-control': 'max-age=60' });

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await sleep(5);
};

describe.each(['wire', 'node', 'local'] as const)('A cache (%s)', (kind) => {
  let service: Server;
  let handler: Handler = FRESH;
  let received: IncomingMessage[] = [];
  const harnesses: ProxyHarness[] = [];
  let client = new Agent();

  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    received.push(request);
    handler(request, response, received.length);
  };

  // A request that a gateway gives up may still arrive: it must not count in the next test.
  beforeEach(async () => {
    service = createServer(serve).listen(0, '127.0.0.1');
    await once(service, 'listening');
  });
  afterEach(async () => {
    await client.destroy();
    for (const harness of harnesses.splice(0)) await harness.close();
    service.closeAllConnections();
    service.close();
  });

  const start = async (
    serving: Handler,
    cache: Partial<CachePolicy> = {},
    policy: Partial<Policy> = {},
    timeouts: Partial<Timeouts> = {},
  ) => {
    handler = serving;
    received = [];
    client = new Agent();
    const declared = { ...policy, cache: { ...CACHE, ...cache } };
    const harness = await ProxyHarness.start(timeouts, kind === 'wire' ? 'wire' : 'node', declared);
    harnesses.push(harness);
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    const instance = kind === 'local' ? localInstanceOf('a', serve) : instanceOf({ id: 'a' });
    harness.setInstances({ ...instance, url, endpoint: url });
    const get = async (path = '/', headers: Record<string, string> = {}, method = 'GET', body?: string) => {
      const response = await request(`${harness.url}/api/users${path}`, {
        method: method,
        headers,
        dispatcher: client,
        body,
      });
      const fields = new Headers(response.headers as Record<string, string>);
      return { status: response.statusCode, text: await response.body.text(), headers: fields };
    };
    return { harness, get };
  };

  it('sends a stored response again, with its age and Cache-Status', async () => {
    const { get, harness } = await start(
      respondWith({ 'cache-control': 'max-age=60', age: '7', 'x-a': '1' }),
    );
    const first = await get('/a?x=1');
    expect(first.headers.get('cache-status')).toBe('msa-gateway; fwd=uri-miss; fwd-status=200; stored');
    const second = await get('/a?x=1');
    expect([second.status, second.text]).toEqual([200, 'response 1']);
    expect(second.headers.get('cache-status')).toMatch(/^msa-gateway; hit; ttl=5[23]$/);
    expect(Number(second.headers.get('age'))).toBeGreaterThanOrEqual(7);
    expect(second.headers.get('date')).toBe(first.headers.get('date'));
    expect(second.headers.get('x-a')).toBe('1');
    expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
    expect((await get('/a?x=2')).text).toBe('response 2');
    expect([harness.cache.entries, harness.stageErrors]).toEqual([2, []]);
  });

  it.each<[string, Record<string, string | string[]>, number]>([
    ['no explicit lifetime', { 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT' }, 200],
    ['no-store', { 'cache-control': 'max-age=60, No-STORE' }, 200],
    ['private', { 'cache-control': 'max-age=60, private="x-a"' }, 200],
    ['a malformed Cache-Control', { 'cache-control': 'max-age=60; private' }, 200],
    ['Set-Cookie', { 'cache-control': 'public, max-age=60', 'set-cookie': 'a=1' }, 200],
    ['Vary: *', { 'cache-control': 'max-age=60', vary: 'accept, *' }, 200],
    [
      'a thousand names in Vary',
      { 'cache-control': 'max-age=60', vary: Array.from({ length: 1000 }, (_, i) => `a${i}`).join() },
      200,
    ],
    [
      'Vary of a field that the gateway sets',
      { 'cache-control': 'max-age=60', vary: 'x-forwarded-for' },
      200,
    ],
    ['a part', { 'cache-control': 'max-age=60', 'content-range': 'bytes 0-9/20' }, 206],
    ['a lifetime that is over', { 'cache-control': 'max-age=60', age: '61' }, 200],
    ['an invalid age', { 'cache-control': 'max-age=60', age: '1.5' }, 200],
  ])('does not store a response with %s', async (_name, fields, status) => {
    const { get, harness } = await start(respondWith(fields, status));
    await get();
    expect((await get()).text).toBe('response 2');
    expect(harness.cache.entries).toBe(0);
  });

  it('stores no response that is too large, and passes it', async () => {
    const { get, harness } = await start((request, response, count) => {
      response.writeHead(200, {
        'cache-control': 'max-age=60',
        ...(request.url === '/length' && { 'content-length': '20000' }),
      });
      for (let i = 0; i < 4; i += 1) response.write(String(count).repeat(5000));
      response.end();
    });
    for (const path of ['/length', '/chunks']) expect((await get(path)).text).toHaveLength(20_000);
    expect(harness.cache.bytes).toBe(0);
  });

  it.each([false, true])('stores no response that breaks off (with a length: %s)', async (hasLength) => {
    const { get, harness } = await start((_request, response) => {
      response.writeHead(200, {
        'cache-control': 'max-age=60',
        ...(hasLength && { 'content-length': '100' }),
      });
      response.write('some');
      setTimeout(() => response.destroy(), 20);
    });
    await expect(get()).rejects.toThrow();
    expect(harness.cache.entries).toBe(0);
  });

  it('makes one request of a thousand equal ones', async () => {
    const { get, harness } = await start((request, response, count) =>
      setTimeout(() => FRESH(request, response, count), 50),
    );
    const responses = await Promise.all(Array.from({ length: 1000 }, () => get('/same')));
    expect(new Set(responses.map(({ text }) => text))).toEqual(new Set(['response 1']));
    expect(received.length).toBe(1);
    expect(harness.cache.fills.count).toBe(0);
  });

  it('releases requests that wait for an uncacheable response', async () => {
    const { get } = await start((_request, response, count) => {
      setTimeout(() => response.writeHead(200, { 'cache-control': 'no-store' }).end(String(count)), 50);
    });
    const texts = (await Promise.all(Array.from({ length: 20 }, () => get()))).map(({ text }) => text);
    expect(new Set(texts).size).toBe(20);
    // Later ones do not wait for each other.
    const started = Date.now();
    await Promise.all(Array.from({ length: 20 }, () => get()));
    expect(Date.now() - started).toBeLessThan(1000);
  });

  it('lets another request go on if the client leaves that others wait for', async () => {
    const { get, harness } = await start((request, response, count) => {
      if (count > 1) FRESH(request, response, count);
    });
    const leaving = httpRequest(`${harness.url}/api/users/`).on('error', () => undefined);
    leaving.end();
    while (received.length === 0) await sleep(5);
    const waiting = [get(), get(), get()];
    while (harness.cache.fills.waitingCount < 3) await sleep(5);
    leaving.destroy();
    const texts = (await Promise.all(waiting)).map(({ text }) => text);
    expect([new Set(texts), received.length]).toEqual([new Set(['response 2']), 2]);
  });

  it('forgets a client that leaves while it waits', async () => {
    let end = (): void => undefined;
    const { get, harness } = await start((request, response, count) => {
      end = () => respondWith({ 'cache-control': 'no-store' })(request, response, count);
      if (count > 1) end();
    });
    const first = get();
    while (received.length === 0) await sleep(5);
    const leaving = httpRequest(`${harness.url}/api/users/`).on('error', () => undefined);
    leaving.end();
    const staying = get();
    while (harness.cache.fills.waitingCount < 2) await sleep(5);
    leaving.destroy();
    while (harness.cache.fills.waitingCount > 1) await sleep(5);
    end();
    expect([(await first).text, (await staying).text]).toEqual(['response 1', 'response 2']);
    expect([received.length, harness.cache.fills.waitingCount, harness.cache.fills.count]).toEqual([2, 0, 0]);
  });

  it('lets requests wait no longer than the time limit', async () => {
    const { get, harness } = await start(() => undefined, {}, {}, { totalMs: 400 });
    const first = get();
    while (received.length === 0) await sleep(5);
    const second = get();
    expect([(await first).status, (await second).status]).toEqual([504, 504]);
    expect([harness.cache.fills.waitingCount, harness.cache.fills.count]).toEqual([0, 0]);
  });

  it('lets another request go on if the client leaves while the response arrives', async () => {
    const { get, harness } = await start((request, response, count) => {
      if (count > 1) FRESH(request, response, count);
      else response.writeHead(200, { 'cache-control': 'max-age=60' }).write('begin');
    });
    const leaving = httpRequest(`${harness.url}/api/users/`).on('error', () => undefined);
    leaving.end();
    await once(leaving, 'response');
    const waiting = get();
    while (harness.cache.fills.waitingCount === 0) await sleep(5);
    leaving.destroy();
    expect((await waiting).text).toBe('response 2');
    expect((await get()).text).toBe('response 2');
  });

  it('stores no response whose chunks are broken', async () => {
    const { get, harness } = await start((_request, response) => {
      response.writeHead(200, { 'cache-control': 'max-age=60' });
      response.write('some');
      setTimeout(() => response.socket?.end('broken\r\n'), 20);
    });
    await expect(get()).rejects.toThrow();
    expect(harness.cache.entries).toBe(0);
  });

  it('does not store a response that is purged while it arrives', async () => {
    let end = (): void => undefined;
    const { get, harness } = await start((request, response, count) => {
      if (count === 1) end = () => FRESH(request, response, count);
      else FRESH(request, response, count);
    });
    const first = get('/p');
    while (received.length === 0) await sleep(5);
    const waiting = get('/p');
    while (harness.cache.fills.waitingCount === 0) await sleep(5);
    harness.cache.purge({ service: 'users', path: '/p' });
    end();
    expect([(await first).text, (await waiting).text, (await get('/p')).text]).toEqual([
      'response 1',
      'response 2',
      'response 2',
    ]);
  });

  it('asks an instance to confirm a stale response', async () => {
    const { get } = await start((request, response, count) => {
      const fields = { 'cache-control': 'max-age=0', etag: '"1"', 'x-count': String(count) };
      if (request.headers['if-none-match'] === '"1"') response.writeHead(304, fields).end();
      else response.writeHead(200, fields).end(`response ${count}`);
    });
    await get();
    const second = await get('/', { 'if-none-match': '"0"', range: 'bytes=0-1' });
    expect(second.text).toBe(kind === 'local' ? 'response 2' : 're');
    if (kind === 'local') return;
    expect([second.status, second.headers.get('x-count')]).toEqual([206, '2']);
    expect(second.headers.get('cache-status')).toBe('msa-gateway; fwd=stale; fwd-status=304; stored');
    expect((await get('/', { 'if-none-match': 'W/"1"' })).status).toBe(304);
  });

  it('sends each field of a confirmed response once, although it is no longer stored', async () => {
    const { get, harness } = await start((request, response, count) => {
      const fields = { 'cache-control': 'max-age=0', etag: '"1"', age: '3' };
      if (request.headers['if-none-match'] === '"1"')
        response.writeHead(304, { ...fields, 'set-cookie': 'a=1' }).end();
      else respondWith(fields)(request, response, count);
    });
    await get();
    const { headers } = await get();
    expect(headers.get('x-request-id')).not.toContain(',');
    if (kind !== 'local') expect([headers.get('age'), harness.cache.entries]).toEqual(['3', 0]);
  });

  it('replies to conditions and ranges from a stored response', async () => {
    const modified = 'Thu, 01 Jan 2026 00:00:00 GMT';
    const { get } = await start(
      respondWith({
        'cache-control': 'max-age=60',
        etag: '"a"',
        'last-modified': modified,
        'content-type': 'text/x',
      }),
    );
    await get();
    const statusWith = async (headers: Record<string, string>): Promise<number> =>
      (await get('/', headers)).status;
    expect(await statusWith({ 'if-none-match': '"b", W/"a"' })).toBe(304);
    expect(await statusWith({ 'if-none-match': '"b"', 'if-modified-since': modified })).toBe(200);
    expect(await statusWith({ 'if-modified-since': modified })).toBe(304);
    expect(await statusWith({ range: 'bytes=10-' })).toBe(416);
    expect(await statusWith({ range: 'bytes=x' })).toBe(200);
    expect(await statusWith({ range: 'bytes=0-1', 'if-range': 'W/"a"' })).toBe(200);
    const part = await get('/', { range: 'bytes=-1', 'if-range': '"a"' });
    expect([part.status, part.text, part.headers.get('content-range')]).toEqual([206, '1', 'bytes 9-9/10']);
    const parts = await get('/', { range: 'bytes=0-1,9-9' });
    expect(parts.headers.get('content-type')).toMatch(/^multipart\/byteranges; boundary=/);
    expect(parts.text).toMatch(
      /content-type: text\/x\r\ncontent-range: bytes 9-9\/10\r\n\r\n1\r\n--\w+--\r\n$/,
    );
    const head = await get('/', {}, 'HEAD');
    expect([head.status, head.text, head.headers.get('content-length')]).toEqual([200, '', '10']);
    expect(received.length).toBe(1);
  });

  it.each([
    ['Authorization', { authorization: 'Basic x' }],
    ['a cookie', { cookie: 'session=1' }],
  ])('stores responses to requests with %s only if they may be shared', async (_name, headers) => {
    const { get } = await start((request, response, count) =>
      respondWith({ 'cache-control': request.url === '/public' ? 's-maxage=60' : 'max-age=60' })(
        request,
        response,
        count,
      ),
    );
    await get('/', headers);
    expect((await get('/')).text).toBe('response 2');
    await get('/public', headers);
    expect((await get('/public')).text).toBe('response 3');
  });

  it('sends callers with Authorization only responses that they may share', async () => {
    const { get } = await start(FRESH);
    await get();
    expect((await get('/', { authorization: 'Basic x' })).text).toBe('response 2');
    expect((await get('/', { cookie: 'a=1' })).text).toBe('response 1');
  });

  it.each<[string, Record<string, string>]>([
    ['X-HTTP-Method-Override', { 'x-http-method-override': 'DELETE' }],
    ['X-Original-URL', { 'x-original-url': '/admin' }],
    ['If-Match', { 'if-match': '"1"' }],
  ])('forwards requests with %s and stores nothing', async (_name, headers) => {
    const { get, harness } = await start(FRESH);
    const response = await get('/', headers);
    expect(response.headers.get('cache-status')).toBe('msa-gateway; fwd=bypass; fwd-status=200');
    expect(harness.cache.entries).toBe(0);
  });

  it('keeps responses for different hosts apart', async () => {
    const { get, harness } = await start((request, response) =>
      response.writeHead(200, { 'cache-control': 'max-age=60' }).end(request.headers['x-forwarded-host']),
    );
    const evil = await get('/', { 'x-forwarded-host': 'evil.example' });
    expect(evil.text).toBe('evil.example');
    expect((await get('/')).text).toBe(new URL(harness.url).host);
  });

  it('keeps responses apart if a proxy sends another Host than that of the client', async () => {
    const { get } = await start((request, response) =>
      response.writeHead(200, { 'cache-control': 'max-age=60' }).end(request.headers.forwarded),
    );
    const publicHost = { 'x-forwarded-host': 'shop.example' };
    expect((await get('/', { ...publicHost, host: 'evil.example' })).text).toContain('evil.example');
    expect((await get('/', { ...publicHost, host: 'shop.example' })).text).toContain('host="shop.example"');
  });

  it('selects responses by Vary', async () => {
    const { get, harness } = await start(
      respondWith({ 'cache-control': 'max-age=60', vary: 'Accept-Language' }),
    );
    await get('/', { 'accept-language': 'de' });
    const other = await get('/', { 'accept-language': 'en' });
    expect(other.headers.get('cache-status')).toContain('fwd=vary-miss');
    expect((await get('/', { 'accept-language': ' DE' })).text).toBe('response 1');
    for (let i = 0; i < 100; i += 1) await get('/', { 'accept-language': `x-${i}` });
    expect(harness.cache.countAt('users', '/')).toBe(32);
  });

  it.each(['POST', 'DELETE'])('removes what %s has changed, with every query', async (method) => {
    const { get } = await start((request, response, count) => {
      if (request.method === 'GET') FRESH(request, response, count);
      else response.writeHead(request.url === '/fail' ? 500 : 204, { location: '/other' }).end();
    });
    for (const path of ['/fail', '/a?x=1', '/a?x=2', '/other']) await get(path);
    await get('/fail', {}, method);
    expect((await get('/fail')).text).toBe('response 1');
    await get('/a', {}, method);
    const texts = await Promise.all(['/a?x=1', '/a?x=2', '/other'].map((path) => get(path)));
    expect(received.length).toBe(9);
    expect(texts.map(({ headers }) => headers.get('cache-status'))).toEqual(
      Array(3).fill('msa-gateway; fwd=uri-miss; fwd-status=200; stored'),
    );
  });

  it.each([
    { connection: 'x-tenant', 'x-tenant': 'a' },
    { connection: 'close, x-tenant', 'x-tenant': 'a' },
    { 'x-tenant': 'a', x_http_method_override: 'POST' },
  ])('stores nothing for a request with %j', async (headers) => {
    const { get, harness } = await start(FRESH, { key: { query: 'all', headers: ['x-tenant'] } });
    await once(httpRequest(`${harness.url}/api/users/`, { headers }).end(), 'response');
    expect((await get('/', { 'x-tenant': 'a' })).text).toBe('response 2');
  });

  it.each<[string, Record<string, string>]>([
    ['max-age=0', {}],
    ['no-cache', {}],
    ['max-age=60', { 'cache-control': 'max-age=0' }],
  ])('lets no requests wait one after the other (%s, %j)', async (control, headers) => {
    let [running, most] = [0, 0];
    const { get } = await start((request, response, count) => {
      most = Math.max(most, (running += 1));
      setTimeout(() => {
        running -= 1;
        respondWith({ 'cache-control': control, etag: '"1"' })(request, response, count);
      }, 20);
    });
    await Promise.all(Array.from({ length: 10 }, () => get('/', headers)));
    expect(most).toBeGreaterThan(1);
  });

  it('uses no response instead of a failure if it was purged meanwhile', async () => {
    let fail = (): void => undefined;
    const { get, harness } = await start((request, response, count) => {
      fail = () => response.writeHead(503).end();
      if (count === 1)
        respondWith({ 'cache-control': 'max-age=0, stale-if-error=60' })(request, response, count);
    });
    await get();
    const second = get();
    while (received.length < 2) await sleep(5);
    harness.cache.purge({});
    fail();
    expect((await second).status).toBe(503);
  });

  it('removes responses of a path if the client of an unsafe request leaves', async () => {
    const { get, harness } = await start((request, response, count) => {
      if (request.method === 'GET') FRESH(request, response, count);
    });
    await get();
    const leaving = httpRequest(`${harness.url}/api/users/`, { method: 'DELETE' }).end();
    leaving.on('error', () => undefined);
    while (received.length < 2) await sleep(5);
    leaving.destroy();
    while (harness.cache.entries > 0) await sleep(5);
    expect((await get()).text).toBe('response 3');
  });

  it('uses a stale response while the service fails', async () => {
    const { get } = await start((request, response, count) => {
      if (count === 1)
        respondWith({ 'cache-control': 'max-age=0, stale-if-error=60' })(request, response, count);
      else response.writeHead(503).end('broken');
    });
    await get();
    const second = await get();
    expect([second.status, second.text]).toEqual([200, 'response 1']);
    expect(second.headers.get('cache-status')).toBe('msa-gateway; fwd=stale; fwd-status=503');
    // The service is not asked again at once.
    expect((await get()).headers.get('cache-status')).toMatch(/hit; ttl=-\d/);
    expect(received.length).toBe(2);
  });

  it('uses a stale response if no instance is available', async () => {
    const { get, harness } = await start(respondWith({ 'cache-control': 'max-age=0, stale-if-error=60' }));
    await get();
    harness.setInstances(instanceOf({ id: 'a', status: 'down' }));
    const second = await get();
    expect([second.status, second.text]).toEqual([200, 'response 1']);
    expect(second.headers.get('cache-status')).toBe('msa-gateway; fwd=stale');
  });

  it('uses a stale response while it is fetched again, once', async () => {
    const { get } = await start((request, response, count) =>
      setTimeout(
        () =>
          respondWith({ 'cache-control': `max-age=${count === 1 ? 0 : 60}, stale-while-revalidate=60` })(
            request,
            response,
            count,
          ),
        20,
      ),
    );
    await get();
    const stale = await Promise.all([get(), get(), get()]);
    expect(new Set(stale.map(({ text }) => text))).toEqual(new Set(['response 1']));
    expect(stale[0].headers.get('cache-status')).toMatch(/hit; ttl=-\d/);
    while ((await get()).text !== 'response 2') await sleep(5);
    expect(received.length).toBe(2);
  });

  it.each([
    ['that cannot be stored', { 'cache-control': 'no-store' }, 1],
    ['that is too large', { 'cache-control': 'max-age=60' }, 20_000],
  ])('ends an endless response in the background %s', async (_what, fields, length) => {
    let isOpen = false;
    const { get, harness } = await start((request, response, count) => {
      const stale = { 'cache-control': 'max-age=0, stale-while-revalidate=60' };
      if (count === 1) {
        respondWith(stale)(request, response, count);
        return;
      }
      isOpen = true;
      response.on('close', () => (isOpen = false));
      response.writeHead(200, fields).write(Buffer.alloc(length));
    });
    await get();
    expect((await get()).text).toBe('response 1');
    await until(() => received.length === 2 && !isOpen);
    expect([harness.detached.inProgress, harness.cache.fills.count, harness.stageErrors]).toEqual([0, 0, []]);
  });

  it('uses no response that is being fetched again if the client requires a newer one', async () => {
    const { get } = await start(respondWith({ 'cache-control': 'max-age=0, stale-while-revalidate=60' }));
    await get();
    expect((await get('/', { 'cache-control': 'no-cache' })).text).toBe('response 2');
    expect((await get('/', { 'cache-control': 'max-age=0' })).text).toBe('response 3');
  });

  it.each(['must-revalidate', 'max-age=60, no-cache', 's-maxage=0'])(
    'uses no stale response with %s',
    async (directive) => {
      const { get } = await start(
        (_request, response, count) =>
          response
            .writeHead(count === 1 ? 200 : 503, {
              'cache-control': directive.startsWith('max-age') ? directive : `max-age=0, ${directive}`,
              etag: '"1"',
            })
            .end(),
        { staleIfError: 60_000 },
      );
      await get();
      expect((await get()).status).toBe(503);
    },
  );

  it('follows the directives of requests', async () => {
    const { get } = await start(FRESH);
    expect((await get('/', { 'cache-control': 'only-if-cached' })).status).toBe(504);
    await get();
    for (const [directive, text] of [
      ['only-if-cached', 'response 1'],
      ['max-age=60', 'response 1'],
      ['max-age=0', 'response 2'],
      ['no-cache', 'response 3'],
      ['no-store', 'response 3'],
      ['min-fresh=100', 'response 4'],
    ] as const)
      expect([directive, (await get('/', { 'cache-control': directive })).text]).toEqual([directive, text]);
  });

  it('keys by the parameters of the policy alone, and sends no others', async () => {
    const { get } = await start(FRESH, { key: { query: ['id', 'page'], headers: ['x-tenant'] } });
    expect((await get('/?page=1&utm=x&id=2')).text).toBe('response 1');
    expect((await get('/?id=2&page=1&utm=evil')).text).toBe('response 1');
    expect(received[0]?.url).toBe('/?id=2&page=1');
    expect((await get('/?id=2&page=1', { 'x-tenant': 'a' })).text).toBe('response 2');
  });

  it('overrides lifetimes with ttl, but not what forbids storage', async () => {
    const { get } = await start(
      (request, response, count) =>
        respondWith(request.url === '/no' ? { 'cache-control': 'no-store' } : {})(request, response, count),
      { ttl: 60_000 },
    );
    await get('/a');
    expect((await get('/a')).text).toBe('response 1');
    await get('/no');
    expect((await get('/no')).text).toBe('response 3');
  });

  it('drops a stored response that a HEAD response contradicts, and updates one that it confirms', async () => {
    const { get } = await start((request, response, count) => {
      const isLie = request.url === '/lie' && request.method === 'HEAD';
      const fields = {
        'cache-control': request.method === 'HEAD' ? 'max-age=60' : 'max-age=0, stale-if-error=60',
        etag: isLie ? '"2"' : '"1"',
      };
      response.writeHead(count > 4 ? 503 : 200, fields).end(request.method === 'HEAD' ? undefined : 'text');
    });
    for (const path of ['/lie', '/true']) {
      await get(path);
      await get(path, {}, 'HEAD');
    }
    expect((await get('/true')).headers.get('cache-status')).toContain('hit');
    expect((await get('/lie')).status).toBe(503);
  });

  it('keeps no response fresh by HEAD responses that do not tell whether it is the same', async () => {
    const { get } = await start((request, response, count) => {
      const control = request.method === 'HEAD' ? 'max-age=60' : 'max-age=0, stale-if-error=60';
      response.writeHead(200, { 'cache-control': control, 'transfer-encoding': 'chunked' });
      response.end(request.method === 'HEAD' ? undefined : `version ${count}`);
    });
    expect((await get('/')).text).toBe('version 1');
    await get('/', {}, 'HEAD');
    expect((await get('/')).text).toBe('version 3');
  });
});
