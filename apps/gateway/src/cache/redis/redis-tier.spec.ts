import { performance } from 'node:perf_hooks';
import type { Redis } from 'ioredis';
import { connect, connectionTo, newId } from '#service-kit';
import { startRedis, waitFor, withRedis } from '#testing';
import { ageOf } from '../rules/freshness.js';
import { variantOf } from '../rules/vary.js';
import type { StoredResponse } from '../stored-response.js';
import { PurgeStream } from './purge-stream.js';
import { RedisTier } from './redis-tier.js';

const NO_FIELDS = () => undefined;
const KEY = 'route http://shop.example/lamp';

const stored = (more: Partial<StoredResponse> = {}): StoredResponse => ({
  service: 'products',
  path: '/lamp',
  status: 200,
  lines: 'content-type: text/plain\r\nx-name: \u00e9t\u00e9\r\n',
  receivedAt: performance.now(),
  initialAge: 1000,
  lifetime: 60_000,
  needsValidation: false,
  forbidsStale: false,
  staleWhileRevalidate: 0,
  staleIfError: 5000,
  isShareable: true,
  etag: '"1"',
  lastModified: undefined,
  vary: [],
  variant: '',
  tags: ['product:1'],
  body: Buffer.from('a lamp'),
  ...more,
});

withRedis('The Redis tier of the cache', (redis) => {
  const streams: PurgeStream[] = [];
  let prefix: string;
  let one: RedisTier & { readonly purges: PurgeStream };
  let other: typeof one;
  let client: Redis;

  const open = async (url: string, maxWaitMs = 1000): Promise<typeof one> => {
    const purges = new PurgeStream({ url, prefix, gateway: newId() });
    streams.push(purges);
    await purges.start();
    return Object.assign(new RedisTier(purges, { prefix, maxWaitMs }), { purges });
  };
  const keys = () => client.keys(`{${prefix}}:cache:*`);
  /** Stores and waits until Redis has it. */
  const store = async (response: StoredResponse, key = KEY, position = one.position) => {
    one.store(key, response, position);
    await one.purges.openSession?.commands.ping();
  };
  const find = (key = KEY, headers: Record<string, string> = {}, tier = other) =>
    tier.find(key, (name) => headers[name]);

  beforeAll(async () => {
    client = connectionTo({ url: redis().url, prefix: 'spec' }, 1000);
    await connect(client);
  });
  beforeEach(async () => {
    prefix = newId();
    [one, other] = [await open(redis().url), await open(redis().url)];
  });
  afterAll(async () => {
    client.disconnect();
    await Promise.all(streams.map((stream) => stream.stop()));
  });

  it('gives a response to the other gateways, with its age', async () => {
    expect(await find()).toBeUndefined();
    const response = stored();
    await store(response);
    const found = (await find())!;
    const age = ageOf(found, performance.now());
    expect(age).toBeGreaterThanOrEqual(999);
    expect(age).toBeLessThan(3000);
    const { receivedAt: _receivedAt, initialAge: _initialAge, ...others } = response;
    expect(found).toMatchObject(others);
    expect(Object.keys(found).sort()).toEqual(Object.keys(response).sort());
    expect(found.body.buffer.byteLength).toBe(response.body.length);
    const ttl = await client.pttl((await keys())[0]!);
    expect(ttl).toBeGreaterThan(60_000);
    expect(ttl).toBeLessThanOrEqual(64_000);
    expect(other.lookUps).toMatchObject({ hit: 1, miss: 1, late: 0, failed: 0 });
  });

  it('stores each variant', async () => {
    const vary = ['accept-encoding'];
    const variant = (encoding: string) => variantOf(vary, () => encoding);
    await store(stored({ vary, variant: variant('gzip'), body: Buffer.from('zip') }));
    await store(stored({ vary, variant: variant('br'), body: Buffer.from('brotli') }));
    const body = async (encoding: string) =>
      (await find(KEY, { 'accept-encoding': encoding }))?.body.toString();
    expect([await body('gzip'), await body('br'), await body('zstd')]).toEqual(['zip', 'brotli', undefined]);
  });

  it('finds no response that was purged since its request was sent, however late it is stored', async () => {
    const before = one.position;
    await store(stored());
    expect(await find()).toBeDefined();
    await other.purges.announce({ tags: ['product:1'] });
    expect(await find()).toBeUndefined();
    await waitFor('the purge', () => one.position!.id > before!.id);
    expect(await find(KEY, {}, one)).toBeUndefined();
    // A gateway has fetched it before the purge.
    await store(stored(), KEY, before);
    expect(await find()).toBeUndefined();
    expect(await find(KEY, {}, one)).toBeUndefined();
    expect(await find(KEY, {}, await open(redis().url))).toBeUndefined();
    await store(stored());
    expect(await find()).toBeDefined();
    expect(await find(KEY, {}, await open(redis().url))).toBeDefined();
  });

  it.each([
    ['a changed byte', (value: Buffer) => value.fill(value.at(-1)! ^ 1, value.length - 1)],
    ['a changed head', (value: Buffer) => value.fill(0x20, 9, 11)],
    ['a value that was cut off', (value: Buffer) => value.subarray(0, -1)],
    ['an empty value', () => Buffer.alloc(0)],
    ['a length beyond the end', (value: Buffer) => value.fill(0xff, 5, 9)],
    ['another version', (value: Buffer) => value.fill(2, 0, 1)],
  ])('ignores and deletes %s', async (_what, damage) => {
    await store(stored());
    const [key = ''] = await keys();
    const value = (await client.getBuffer(key))!;
    await client.set(key, damage(value), 'KEEPTTL');
    expect(await find()).toBeUndefined();
    expect(await keys()).toEqual([]);
    expect(other.isAvailable).toBe(true);
  });

  it.each([
    ['too large', { body: Buffer.alloc(1024 ** 2 + 1) }],
    ['of no use any more', { lifetime: 1000, staleIfError: 0 }],
  ])('does not store a response that is %s', async (_what, more) => {
    await store(stored(more));
    expect(await keys()).toEqual([]);
  });

  it('does not store what was fetched before an epoch', async () => {
    await store(stored(), KEY, { epoch: 'earlier', id: Infinity });
    expect(await keys()).toEqual([]);
  });

  it('stays available when Redis refuses to store', async () => {
    await client.config('SET', 'maxmemory', '1');
    await store(stored());
    await waitFor('the refusal', () => one.lookUps.failed === 1);
    await client.config('SET', 'maxmemory', '0');
    expect(one.isAvailable).toBe(true);
    await store(stored());
    expect(await find()).toBeDefined();
  });

  it('lets no request wait longer than permitted while Redis hangs, and none at all from then on', async () => {
    const server = await startRedis();
    const tier = await open(server.url, 20);
    expect(await tier.find(KEY, NO_FIELDS)).toBeUndefined();
    process.kill(server.process.pid, 'SIGSTOP');
    const startedAt = performance.now();
    expect(await tier.find(KEY, NO_FIELDS)).toBeUndefined();
    expect(performance.now() - startedAt).toBeLessThan(200);
    expect(tier.lookUps).toMatchObject({ miss: 1, late: 1 });
    expect(tier.isAvailable).toBe(false);
    process.kill(server.process.pid, 'SIGCONT');
    await waitFor('the response', () => tier.isAvailable);
    await server.stop();
    await waitFor('the loss', () => !tier.isAvailable);
    expect(await tier.find(KEY, NO_FIELDS)).toBeUndefined();
    tier.store(KEY, stored(), tier.position);
    await tier.purges.stop();
  });
});
