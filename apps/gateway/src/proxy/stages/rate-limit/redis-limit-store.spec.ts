import luaparse from 'luaparse';
import { readFileSync } from 'node:fs';
import { newId } from '#service-kit';
import { startRedis, waitFor, withRedis } from '#testing';
import { connect, connectionTo } from '../../../discovery/index.js';
import { RedisLimitStore } from './redis-limit-store.js';

const charge = (key: string, cost: number, least = 0, drainPerMs = 1) => ({ key, cost, least, drainPerMs });

withRedis('The store of shared limits', (redis) => {
  const stores: RedisLimitStore[] = [];
  const open = async (url: string, prefix: string) => {
    const store = new RedisLimitStore({ url, prefix, gateway: newId() });
    stores.push(store);
    await store.start();
    return store;
  };
  afterAll(() => Promise.all(stores.map((store) => store.stop())));

  it('adds up the charges of gateways, and drains them', async () => {
    const prefix = newId();
    const [one, other] = [await open(redis().url, prefix), await open(redis().url, prefix)];
    expect(await one.charge([charge('a', 10_000), charge('b', 5)])).toEqual({
      debts: [10_000, 5],
      gateways: 1,
    });
    const { debts, gateways } = await other.charge([charge('a', 20_000, 0, 1)]);
    expect(gateways).toBe(2);
    expect(debts[0]).toBeGreaterThan(29_000);
    expect(debts[0]).toBeLessThanOrEqual(30_000);
    // Amounts of 16 digits stay exact.
    expect((await one.charge([charge('large', 864_000_000_000_001)])).debts).toEqual([864_000_000_000_001]);
  });

  it('tells a gateway the debts that charges of others have led to', async () => {
    const prefix = newId();
    const [one, other] = [await open(redis().url, prefix), await open(redis().url, prefix)];
    const told: [string, number][] = [];
    other.onCharged((debts) => told.push(...debts));
    await other.charge([charge('own', 1)]);
    await one.charge([charge('a:1', 864_000_000_000_001), charge('a:2', 7)]);
    await waitFor('the debts', () => told.length > 0);
    expect(told).toEqual([
      ['a:1', 864_000_000_000_001],
      ['a:2', 7],
    ]);
  });

  it('continues from what gateways are certain of when data are lost, and forgets drained buckets', async () => {
    const prefix = newId();
    const store = await open(redis().url, prefix);
    expect((await store.charge([charge('a', 1000, 60_000)])).debts).toEqual([61_000]);
    const client = connectionTo({ url: redis().url, prefix: 'spec' }, 1000);
    await connect(client);
    const ttl = await client.pttl(`{${prefix}}:limit:a`);
    expect(ttl).toBeGreaterThan(60_000);
    expect(ttl).toBeLessThanOrEqual(62_000);
    // The clock of the server was set back since.
    await client.set(`{${prefix}}:limit:b`, `500:${Date.now() + 3_600_000}`);
    expect((await store.charge([charge('b', 100)])).debts).toEqual([600]);
    client.disconnect();
  });

  it('connects again after a restart', async () => {
    const server = await startRedis();
    const changes: string[] = [];
    const store = new RedisLimitStore({ url: server.url, prefix: newId(), gateway: newId() }, (cause) =>
      changes.push(cause === undefined ? 'available' : 'unavailable'),
    );
    stores.push(store);
    await store.start();
    expect(store.isAvailable).toBe(true);
    await server.stop();
    await waitFor('the loss', () => !store.isAvailable);
    await expect(store.charge([charge('a', 1)])).rejects.toThrow('not connected');
    const next = await startRedis(server.port);
    await waitFor('the connection', () => store.isAvailable);
    expect((await store.charge([charge('a', 1)])).debts).toEqual([1]);
    expect(changes).toEqual(['available', 'unavailable', 'available']);
    await next.stop();
  });

  it('is not available while the server refuses writes, and tells why', async () => {
    const server = await startRedis();
    const changes: string[] = [];
    const store = new RedisLimitStore({ url: server.url, prefix: newId(), gateway: newId() }, (cause) =>
      changes.push(cause instanceof Error ? cause.message : 'available'),
    );
    stores.push(store);
    await store.start();
    const client = connectionTo({ url: server.url, prefix: 'spec' }, 1000);
    await connect(client);
    await client.config('SET', 'maxmemory', '1');
    await expect(store.charge([charge('a', 1)])).rejects.toThrow('OOM');
    const wasAvailable = new Set<boolean>();
    for (let i = 0; i < 50; i += 1) {
      wasAvailable.add(store.isAvailable);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect([...wasAvailable]).toEqual([false]);
    await client.config('SET', 'maxmemory', '0');
    await waitFor('the connection', () => store.isAvailable);
    expect(changes).toEqual(['available', expect.stringContaining('OOM'), 'available']);
    client.disconnect();
    await server.stop();
  });

  it('stops while it connects', async () => {
    const store = new RedisLimitStore({ url: redis().url, prefix: newId(), gateway: newId() });
    const started = store.start();
    await store.stop();
    await started;
    expect(store.isAvailable).toBe(false);
  });

  it('gives up a server that stalls', async () => {
    const server = await startRedis();
    const store = await open(server.url, newId());
    server.process.signal('SIGSTOP');
    await expect(store.charge([charge('a', 1)])).rejects.toThrow();
    expect(store.isAvailable).toBe(false);
    server.process.signal('SIGCONT');
    await waitFor('the connection', () => store.isAvailable);
    await server.stop();
  });
});

describe('charge.lua', () => {
  it('uses no global variable that Redis and the store do not provide', () => {
    const source = readFileSync(new URL('lua/charge.lua', import.meta.url), 'utf8');
    const { globals } = luaparse.parse(source, { luaVersion: '5.1', scope: true }) as unknown as {
      readonly globals: readonly { readonly name: string }[];
    };
    const provided = [
      'KEYS',
      'args',
      'constants',
      'redis',
      'cjson',
      'math',
      'string',
      'table',
      'ipairs',
      'unpack',
    ];
    expect(globals.map(({ name }) => name).filter((name) => !provided.includes(name))).toEqual([]);
  });
});
