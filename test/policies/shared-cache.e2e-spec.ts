import { join } from 'node:path';
import { Redis } from 'ioredis';
import { request } from 'undici';
import type { Product } from '#shop-contracts';
import {
  call,
  ROOT,
  startApp,
  startRedis,
  startSystem,
  tempDir,
  waitFor,
  withRedis,
  type AppProcess,
  type TestRedis,
} from '#testing';

const LAMP = { name: 'Lamp', category: 'home', price: 1999, currency: 'EUR', stock: 1000 };
const CHANGES = 20;
/** How long after a change another gateway may show the state before it. */
const MOST_MS = 50;

withRedis('two gateways that cache the product catalogue in Redis', (redis) => {
  const folder = tempDir('shared-cache-');
  let server: TestRedis;
  let gateways: AppProcess[];
  let products: AppProcess;

  /** Requests as a load balancer passes them on: the host is the same at both gateways. */
  const get = async (gateway: number, path: string) => {
    const url = `${gateways[gateway]!.url}/api/product-service${path}`;
    const { statusCode, headers, body } = await request(url, { headers: { host: 'shop.example' } });
    return { status: statusCode, cacheStatus: headers['cache-status'], body: await body.json() };
  };
  const change = (line: string, body?: object) => call(products.url, line, { body });
  const create = async (): Promise<string> => ((await change('POST /products', LAMP)).body as Product).id;
  const stockOf = async (gateway: number, id: string) =>
    ((await get(gateway, `/products/${id}`)).body as Product).stock;
  /** Requests of one path that have reached the product service. */
  const served = async () => {
    const { body } = await call(products.url, 'GET /metrics');
    const samples = String(body).matchAll(
      /^http_request_duration_seconds_count\{(?=.*method="GET")(?=.*route="\/products\/:id").*\} (\d+)$/gm,
    );
    return [...samples].reduce((sum, [, count]) => sum + Number(count), 0);
  };

  beforeAll(async () => {
    server = redis();
    const env = { LOG_LEVEL: 'INFO', DATA_DIR: folder.path };
    const ofGateway = {
      ...{ ...env, GATEWAY_PORT: '0', GATEWAY_HOST: '127.0.0.1', REDIS_URL: server.url },
      ...{ GATEWAY_CONFIG: join(ROOT, 'docker/policies/gateway.yaml'), GATEWAY_CACHE_REDIS: 'true' },
    };
    gateways = await Promise.all([startApp('gateway', ofGateway), startApp('gateway', ofGateway)]);
    products = await startApp('product-service', {
      ...{ ...env, PRODUCT_SERVICE_PORT: '0', REGISTRY_URL: gateways[0]!.url },
    });
    for (const gateway of [0, 1])
      await waitFor('the service', async () => (await get(gateway, '/products')).status === 200);
  });
  afterAll(async () => {
    await Promise.all([products, ...gateways].map(({ process }) => process.stop()));
    await server.stop();
    folder.remove();
  });

  it('share responses', async () => {
    const id = await create();
    const before = await served();
    const redis = new Redis(server.url);
    const keys = await redis.dbsize();
    expect((await get(0, `/products/${id}`)).cacheStatus).toContain('fwd=uri-miss; fwd-status=200; stored');
    await waitFor('the response in Redis', async () => (await redis.dbsize()) > keys);
    redis.disconnect();
    await waitFor('the other gateway', async () =>
      (await get(1, `/products/${id}`)).cacheStatus?.includes('hit'),
    );
    expect(await served()).toBe(before + 1);
    expect((await call(gateways[1]!.url, 'GET /metrics')).body).toMatch(
      /\ngateway_cache_redis_lookups_total\{result="hit"\} [1-9]/,
    );
  });

  it('send one request for many equal ones at each of them', async () => {
    const id = await create();
    const before = await served();
    await Promise.all(
      Array.from({ length: 100 }, async (_, i) => expect(await stockOf(i % 2, id)).toBe(LAMP.stock)),
    );
    expect(await served()).toBeLessThanOrEqual(before + 2);
  });

  it.each([
    ['PATCH', (id: string, stock: number) => change(`PATCH /products/${id}`, { stock })],
    [
      'stock reservation',
      (id: string, _stock: number, i: number) =>
        change(`PUT /stock-reservations/${id}-${i}`, { items: [{ productId: id, quantity: 1 }] }),
    ],
  ])('show the new state of a product after a %s', async (_what, apply) => {
    const id = await create();
    const other = await create();
    const times: number[] = [];
    for (const gateway of [0, 1]) await get(gateway, `/products/${other}`);
    for (let i = 1; i <= CHANGES; i += 1) {
      // Whatever is stored shows the state before.
      for (const gateway of [0, 1]) expect(await stockOf(gateway, id)).toBe(LAMP.stock - i + 1);
      for (const gateway of [0, 1]) await get(gateway, '/products?limit=200');
      expect((await apply(id, LAMP.stock - i, i)).status).toBe(200);
      const startedAt = performance.now();
      expect(await stockOf(0, id)).toBe(LAMP.stock - i);
      await waitFor('the other gateway', async () => (await stockOf(1, id)) === LAMP.stock - i);
      times.push(performance.now() - startedAt);
      for (const gateway of [0, 1]) {
        const { items } = (await get(gateway, '/products?limit=200')).body as { items: Product[] };
        expect(items.find((product) => product.id === id)?.stock).toBe(LAMP.stock - i);
      }
    }
    const inOrder = times.sort((a, b) => a - b);
    process.stderr.write(
      `fresh at the other gateway after ${inOrder.map((ms) => ms.toFixed(1)).join(', ')} ms\n`,
    );
    // The median: each time contains two requests on a machine that may be busy.
    expect(inOrder[CHANGES / 2]).toBeLessThan(MOST_MS);
    // Other products stay stored.
    expect((await get(0, `/products/${other}`)).cacheStatus).toContain('hit');
  });

  it('forget a product that is deleted', async () => {
    const id = await create();
    for (const gateway of [0, 1]) expect((await get(gateway, `/products/${id}`)).status).toBe(200);
    expect((await change(`DELETE /products/${id}`)).status).toBe(204);
    expect((await get(0, `/products/${id}`)).status).toBe(404);
    await waitFor('the other gateway', async () => (await get(1, `/products/${id}`)).status === 404);
  });

  it('serve requests while Redis hangs', async () => {
    const [stored, cold] = [await create(), await create()];
    for (const gateway of [0, 1]) await get(gateway, `/products/${stored}`);
    process.kill(server.process.pid, 'SIGSTOP');
    const startedAt = performance.now();
    expect(await stockOf(0, stored)).toBe(LAMP.stock);
    expect(await stockOf(0, cold)).toBe(LAMP.stock);
    expect(performance.now() - startedAt).toBeLessThan(900);
    process.kill(server.process.pid, 'SIGCONT');
  });

  it('apply a change that was made while Redis was away', async () => {
    const id = await create();
    for (const gateway of [0, 1]) expect(await stockOf(gateway, id)).toBe(LAMP.stock);
    await server.stop();
    await waitFor('the loss', async () =>
      String((await call(gateways[1]!.url, 'GET /metrics')).body).includes(
        '\ngateway_cache_store_available 0\n',
      ),
    );
    expect((await change(`PATCH /products/${id}`, { stock: 1 })).status).toBe(200);
    // The product service has purged this gateway; it repeats the purge until it reaches all.
    expect(await stockOf(0, id)).toBe(1);
    expect(await stockOf(1, id)).toBe(LAMP.stock);
    server = await startRedis(server.port);
    await waitFor('the other gateway', async () => (await stockOf(1, id)) === 1);
  });
});

it('The monolith shows the new state of a product at once', async () => {
  const data = tempDir('cached-monolith-');
  const env = { DATA_DIR: data.path, GATEWAY_CONFIG: join(ROOT, 'docker/policies/gateway.yaml') };
  const system = await startSystem('monolith', env);
  try {
    const api = `${system.url}/api/product-service`;
    const { id } = (await call(api, 'POST /products', { body: LAMP })).body as Product;
    const read = async (path: string) => {
      const { body, headers } = await call(api, `GET ${path}`);
      const product = (body as { items?: Product[] }).items?.[0] ?? (body as Product);
      return [product.stock, headers.get('cache-status')?.includes('hit')];
    };
    for (const path of [`/products/${id}`, '/products']) {
      expect(await read(path)).toEqual([LAMP.stock, false]);
      expect(await read(path)).toEqual([LAMP.stock, true]);
    }
    // Not through the gateway, which would notice the change of this path by itself.
    await call(system.urlOf('product-service'), `PATCH /products/${id}`, { body: { stock: 1 } });
    for (const path of [`/products/${id}`, '/products']) expect(await read(path)).toEqual([1, false]);
  } finally {
    await system.process.stop();
    data.remove();
  }
});
