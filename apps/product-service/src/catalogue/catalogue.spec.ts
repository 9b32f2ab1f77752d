import type { PurgeDto } from '#contracts';
import { stockChanged, type Product } from '#shop-contracts';
import { boot, eventOf, Outbox, type RunningApp } from '#service-kit';
import { call, nullRegistry, tempDir, waitFor, type CallOptions, type CallResponse } from '#testing';
import { productService } from '../product-service.app.js';

const LAMP = { name: 'Lamp', category: 'home', price: 1999, currency: 'EUR', stock: 7 };

describe('The product catalogue in the caches of gateways', () => {
  const folder = tempDir('catalogue-');
  const purged: PurgeDto[] = [];
  let onPurge: () => Promise<void>;
  let app: RunningApp;
  const http = (line: string, options?: CallOptions): Promise<CallResponse> => call(app.url, line, options);
  const create = async () => ((await http('POST /products', { body: LAMP })).body as Product).id;
  const stockOf = async (id: string) => ((await http(`GET /products/${id}`)).body as Product).stock;

  beforeAll(async () => {
    app = await boot(productService, {
      env: { DATA_DIR: folder.path, PRODUCT_SERVICE_PORT: '0', LOG_LEVEL: 'ERROR' },
      registry: {
        ...nullRegistry,
        purgeResponses: async (selected) => {
          purged.push(selected);
          await onPurge();
        },
      },
    });
  });
  beforeEach(() => {
    purged.length = 0;
    onPurge = () => Promise.resolve();
  });
  afterAll(async () => {
    await app.close();
    folder.remove();
  });

  it.each([
    ['/products', 'product-lists'],
    ['/products/category/home?limit=5', 'product-lists'],
    ['/products/{id}', 'product:{id}'],
  ])('may be stored: %s, with the tag %s and an ETag', async (path, tag) => {
    const id = await create();
    const target = path.replace('{id}', id);
    const { status, headers } = await http(`GET ${target}`);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('public, max-age=0, s-maxage=60');
    expect(headers.get('cache-tag')).toBe(tag.replace('{id}', id));
    const conditional = { headers: { 'if-none-match': headers.get('etag') ?? '' } };
    const confirmed = await http(`GET ${target}`, conditional);
    expect(confirmed.status).toBe(304);
    expect(confirmed.headers.get('cache-control')).toContain('s-maxage');
    await http(`PATCH /products/${id}`, { body: { stock: 1 } });
    expect((await http(`GET ${target}`, conditional)).status).toBe(200);
  });

  it.each(['/products/unknown', '/products?limit=x', '/stock-reservations/unknown'])(
    'is not stored by mistake: %s',
    async (path) => expect((await http(`GET ${path}`)).headers.get('cache-control')).toBeNull(),
  );

  it('is purged after each change, when reads already show it', async () => {
    const id = await create();
    expect(purged).toEqual([{ tags: ['product-lists', `product:${id}`] }]);
    const seen: unknown[] = [];
    onPurge = async () => void seen.push(await stockOf(id));
    const items = [{ productId: id, quantity: 2 }];
    await http(`PATCH /products/${id}`, { body: { stock: 5 } });
    await http(`PUT /products/${id}`, { body: { ...LAMP, stock: 6 } });
    await http('PUT /stock-reservations/o1', { body: { items } });
    await http('PUT /stock-reservations/o1', { body: { items } });
    await http('DELETE /stock-reservations/o1');
    await http(`DELETE /products/${id}`);
    expect(seen).toEqual([5, 6, 4, 4, 6, undefined]);
    expect(purged.every(({ tags }) => tags?.includes(`product:${id}`))).toBe(true);
  });

  it('is purged by the event of a change whose process ended before the purge', async () => {
    const outbox = app.nest.get(Outbox, { strict: false });
    await outbox.transaction((_trx, publish) => publish(eventOf(stockChanged, 'p1', { id: 'p1', stock: 1 })));
    await waitFor('the purge', () => Promise.resolve(purged.length > 0));
    expect(purged).toEqual([{ tags: ['product-lists', 'product:p1'] }]);
  });

  it('is not purged by what changes nothing', async () => {
    const id = await create();
    purged.length = 0;
    await http(`PATCH /products/${id}`, { body: { stock: -1 } });
    await http('PUT /stock-reservations/o2', { body: { items: [{ productId: id, quantity: 100 }] } });
    await http('DELETE /stock-reservations/o2');
    await http('DELETE /products/unknown');
    expect(purged).toEqual([]);
  });

  it('changes although the gateways cannot be reached', async () => {
    const id = await create();
    onPurge = () => Promise.reject(new Error('away'));
    expect((await http(`PATCH /products/${id}`, { body: { stock: 3 } })).status).toBe(200);
    onPurge = () => Promise.resolve();
    expect(await stockOf(id)).toBe(3);
  });
});
