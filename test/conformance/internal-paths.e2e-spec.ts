import { productService } from '#apps/product-service';
import { localRegistryOf } from '#apps/gateway';
import { HttpRegistry } from '#registry-client';
import { boot, type RunningApp } from '#service-kit';
import { call, tempDir, waitFor } from '#testing';
import { startGatewayHarness, type GatewayHarness } from './support/harness.js';
import { KINDS, type Kind } from './support/kinds.js';
import { RawClient } from './support/raw-client.js';
import { respondWith, RawUpstream } from './support/raw-upstream.js';

const SERVICE = '/api/product-service';
const ORDER = 'order-1';
const PATH = `/stock-reservations/${ORDER}`;
const TOKEN_HEADER = 'x-instance-token';

/** The same path in every spelling that some server may treat as equal. */
const SPELLINGS = [
  PATH,
  `/${PATH}`,
  `///${PATH}`,
  '/stock-reservations//order-1',
  '/stock-reservations',
  '/stock-reservations/',
  '/%73tock-reservations/order-1',
  '/stock%2Dreservations/order-1',
  '/%73%74%6F%63%6B%2d%72%65%73%65%72%76%61%74%69%6F%6E%73/order-1',
  '/%2573tock-reservations/order-1',
  '/stock-reservations%2Forder-1',
  '/stock-reservations%2forder-1',
  '/%2Fstock-reservations/order-1',
  '/stock-reservations%5Corder-1',
  '/stock-reservations\\order-1',
  '/\\stock-reservations/order-1',
  '/x/../stock-reservations/order-1',
  '/products/../stock-reservations/order-1',
  '/products/%2e%2e/stock-reservations/order-1',
  '/products/.%2E/stock-reservations/order-1',
  '/products%2F..%2Fstock-reservations/order-1',
  '/products//../stock-reservations/order-1',
  '/products/x/..;y/../stock-reservations/order-1',
  '/./stock-reservations/order-1',
  '/%2e/stock-reservations/order-1',
  '/stock-reservations/./order-1',
  '/stock-reservations/x/../order-1',
  '/stock-reservations;v=1/order-1',
  '/;v=1/stock-reservations/order-1',
  '/stock-reservations%3Bv=1/order-1',
  '/stock-reservations./order-1',
  '/stock-reservations%2e/order-1',
  '/stock-reservations%20/order-1',
  '/stock-reservations%00/order-1',
  '/stock-reservations%09/order-1',
  '/stock-reservations.json',
  '/STOCK-RESERVATIONS/order-1',
  '/Stock-Reservations/order-1',
  '/%53tock-reservations/order-1',
  '/stock-reservations/order-1?x=1',
  '/stock-reservations?/order-1',
  '/stock-reservations%3F/order-1',
  '/stock-reservations%23/order-1',
];

const METHODS = ['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS'];

describe.each(KINDS)('internal paths of a service (%s)', (kind) => {
  let harness: GatewayHarness;
  let products: RunningApp;
  let reserved: object;
  const directory = tempDir();

  beforeAll(async () => {
    harness = await startGatewayHarness(kind === 'local' ? 'wire' : kind);
    products = await startProducts(kind, harness, directory.path);
    const product = { name: 'Tea', category: 'drinks', price: 250, currency: 'EUR', stock: 9 };
    const { body } = await call(products.url, 'POST /products', { body: product });
    const items = [{ productId: (body as { id: string }).id, quantity: 2 }];
    reserved = { items };
    await call(products.url, `PUT ${PATH}`, { body: reserved });
  });
  afterAll(async () => {
    await products.leave();
    await products.close();
    await harness.close();
    directory.remove();
  });

  const send = async (requestLine: string, fields = ''): Promise<string> => {
    const client = await RawClient.open(harness.gatewayPort);
    client.send(`${requestLine} HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n${fields}\r\n`);
    return client.untilClosed();
  };
  const expectReservationHeld = async (): Promise<void> => {
    const { body } = await call(products.url, `GET ${PATH}`);
    expect(body).toMatchObject({ status: 'held' });
  };
  /** Registers an instance of another service and returns its token. */
  const register = async (id: string): Promise<string> => {
    const body = { id, name: 'neighbour', url: 'http://127.0.0.1:9' };
    const response = await call(harness.gatewayUrl, 'POST /discovery/register', { body });
    return (response.body as { instanceToken: string }).instanceToken;
  };
  const withToken = (request: string, token: string | undefined) =>
    call(harness.gatewayUrl, request, { headers: { [TOKEN_HEADER]: token ?? '' } });

  it.each(SPELLINGS)('are closed to clients as %s', async (spelling) => {
    const response = await send(`DELETE ${SERVICE}${spelling}`);
    expect(response).toMatch(/^HTTP\/1\.1 40[04] /);
    // Via is added to every response of an instance; its absence shows that the gateway responded.
    expect(response).not.toMatch(/\r\nvia:/i);
    await expectReservationHeld();
  });

  it.each(METHODS)('are closed to %s', async (method) => {
    const response = await send(`${method} ${SERVICE}${PATH}`);
    expect(response).toMatch(/^HTTP\/1\.1 404 /);
    expect(response).not.toMatch(/\r\nvia:/i);
    await expectReservationHeld();
  });

  it('are closed to absolute targets and upgrades', async () => {
    expect(await send(`DELETE http://gw${SERVICE}${PATH}`)).toMatch(/^HTTP\/1\.1 404 /);
    const upgrade = 'Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';
    expect(await send(`GET ${SERVICE}${PATH}`, upgrade)).toMatch(/^HTTP\/1\.1 404 /);
    await expectReservationHeld();
  });

  it('get the same response as paths that the service does not have', async () => {
    const internal = await call(harness.gatewayUrl, `GET ${SERVICE}${PATH}`);
    const unknown = await call(harness.gatewayUrl, `GET ${SERVICE}/no-such-path`);
    const plain = (body: unknown) => ({ ...(body as object), instance: '', requestId: '' });
    expect(internal.headers.get('content-type')).toBe('application/problem+json');
    expect(plain(internal.body)).toEqual(plain(unknown.body));
  });

  it.each([
    '/products',
    '/health?next=/stock-reservations',
    '/products/category/a%2Fb',
    '/products/category/stock-reservations',
    '/products/category/100%25',
    '/health',
    '/metrics',
    '/docs',
    '/docs-json',
  ])('leave %s open', async (path) => {
    expect((await call(harness.gatewayUrl, `GET ${SERVICE}${path}`)).status).toBe(200);
  });

  it('leave paths open that only share a prefix', async () => {
    expect(await send(`GET ${SERVICE}/stock-reservations-report`)).toMatch(/\r\nvia:/i);
  });

  it('are open to registered instances while they are registered', async () => {
    const token = await register('neighbour-1');
    const get = () => withToken(`GET ${SERVICE}${PATH}`, token);
    expect(await get()).toMatchObject({ status: 200, body: { status: 'held' } });
    expect((await withToken(`GET ${SERVICE}//stock-reservations`, token)).status).toBe(404);
    await call(harness.gatewayUrl, 'DELETE /discovery/unregister/neighbour-1');
    expect((await get()).status).toBe(404);
  });

  it('are open only to the latest token of an instance', async () => {
    const first = await register('neighbour-2');
    const second = await register('neighbour-2');
    expect((await withToken(`GET ${SERVICE}${PATH}`, first)).status).toBe(404);
    expect((await withToken(`GET ${SERVICE}${PATH}`, second)).status).toBe(200);
  });

  it('are closed to tokens that were not issued', async () => {
    const token = await register('neighbour-3');
    const other = await register('neighbour-4');
    const secretOf = (each: string) => each.slice(each.indexOf(':') + 1);
    const forged = [
      '',
      'neighbour-3',
      'neighbour-3:',
      ':',
      secretOf(token),
      `neighbour-3:${secretOf(other)}`,
      `${token}x`,
      token.slice(0, -1),
      `${token}, ${token}`,
      `unknown:${secretOf(token)}`,
      `__proto__:${secretOf(token)}`,
    ];
    for (const each of forged) expect((await withToken(`DELETE ${SERVICE}${PATH}`, each)).status).toBe(404);
    const twice = `${TOKEN_HEADER}: ${token}\r\n${TOKEN_HEADER}: ${token}\r\n`;
    expect(await send(`DELETE ${SERVICE}${PATH}`, twice)).toMatch(/^HTTP\/1\.1 404 /);
    await expectReservationHeld();
  });

  it('return a token only to the registering client', async () => {
    const token = await register('neighbour-5');
    const secret = token.slice(token.indexOf(':') + 1);
    for (const path of ['/discovery/services', '/discovery/services/neighbour-5'])
      expect(JSON.stringify((await call(harness.gatewayUrl, `GET ${path}`)).body)).not.toMatch(
        new RegExp(`${secret}|token`, 'i'),
      );
  });

  it('are reported by explain', async () => {
    const explained = (path: string) =>
      call(harness.gatewayUrl, `GET /discovery/explain?method=GET&path=${encodeURIComponent(path)}`);
    expect((await explained(`${SERVICE}//Stock-reservations/1`)).body).toMatchObject({
      isInternal: true,
      route: { policy: { internalPaths: ['/stock-reservations', '/events'] } },
      problem: { status: 404 },
    });
    expect((await explained(`${SERVICE}/products`)).body).toMatchObject({ isInternal: false, problem: null });
  });

  it('are left out of the public OpenAPI document', async () => {
    const { paths } = (await call(harness.gatewayUrl, 'GET /docs-json')).body as { paths: object };
    const ofProducts = Object.keys(paths).filter((path) => path.startsWith(SERVICE));
    expect(ofProducts).toContain(`${SERVICE}/products`);
    expect(ofProducts.filter((path) => path.includes('reservations'))).toEqual([]);
  });

  it('never forward the token to an instance', async () => {
    const upstream = await RawUpstream.start();
    upstream.onChunk = respondWith('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    const body = {
      name: 'raw',
      url: upstream.url,
      metadata: { 'gateway.internal-paths': '/inside' },
    };
    await call(harness.gatewayUrl, 'POST /discovery/register', { body });
    const token = await register('neighbour-6');
    for (const path of ['/api/raw/inside/x', '/api/raw/outside'])
      expect((await withToken(`GET ${path}`, token)).status).toBe(200);
    expect(upstream.received).toMatch(/^GET \/inside\/x [^]*GET \/outside /);
    expect(upstream.received.toLowerCase()).not.toContain(TOKEN_HEADER);
    upstream.close();
  });

  it('are the union over all instances', async () => {
    const body = (id: string, paths: string) => ({
      id,
      name: 'mixed',
      url: 'http://127.0.0.1:9',
      metadata: { 'gateway.internal-paths': paths },
    });
    await call(harness.gatewayUrl, 'POST /discovery/register', { body: body('m1', '/a') });
    await call(harness.gatewayUrl, 'POST /discovery/register', { body: body('m2', '/b, /c/d') });
    const statusOf = async (path: string) => (await call(harness.gatewayUrl, `GET /api/mixed${path}`)).status;
    expect(await Promise.all(['/a/x', '/b', '/c/d'].map(statusOf))).toEqual([404, 404, 404]);
    expect(await Promise.all(['/c', '/d'].map(statusOf))).not.toContain(404);
  });
});

async function startProducts(kind: Kind, harness: GatewayHarness, directory: string): Promise<RunningApp> {
  const overHttp = new HttpRegistry({ url: harness.gatewayUrl });
  const registry = kind === 'local' ? localRegistryOf(harness.gatewayApp) : overHttp;
  const env = { LOG_LEVEL: 'ERROR', DATA_DIR: directory, PRODUCT_SERVICE_PORT: '0' };
  const app = await boot(productService, { env, registry });
  await waitFor('the product service to register', async () => {
    return (await overHttp.instances('product-service')).length === 1;
  });
  return app;
}
