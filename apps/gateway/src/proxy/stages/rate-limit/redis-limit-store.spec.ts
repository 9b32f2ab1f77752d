import luaparse from 'luaparse';
import { readFileSync } from 'node:fs';
import { connect, connectionTo, newId } from '#service-kit';
import { startRedis, waitFor, withRedis } from '#testing';
import type { Charge, ChargedElsewhere, Charges } from './limit-store.js';
import { RedisLimitStore } from './redis-limit-store.js';

/** The gateway is certain of no debt. */
const UNCERTAIN = -1_000_000_000;

const charge = (key: string, cost: number, fields: Partial<Charge> = {}): Charge => ({
  ...{ key, cost, ageMs: 0, least: UNCERTAIN, drainPerMs: 1 },
  ...fields,
});

const expectJustBelow = (debts: readonly number[], most: readonly number[]): void =>
  debts.forEach((debt, i) => {
    expect(debt).toBeLessThanOrEqual(most[i]!);
    expect(debt).toBeGreaterThan(most[i]! - 500);
  });

const of = (...charges: readonly Charge[]): Charges => ({ charges, delayMs: 0 });

withRedis('The store of shared limits', (redis) => {
  const stores: RedisLimitStore[] = [];
  const open = async (url: string, prefix: string) => {
    const store = new RedisLimitStore({ url, prefix, gateway: newId() });
    stores.push(store);
    await store.start();
    return store;
  };
  afterAll(() => Promise.all(stores.map((store) => store.stop())));

  /** Stores a value with a time that lies ahead: nothing drains. */
  const setDebt = async (prefix: string, key: string, debt: number): Promise<void> => {
    const client = connectionTo({ url: redis().url, prefix: 'spec' }, 1000);
    await connect(client);
    await client.set(`{${prefix}}:limit:${key}`, `${debt}:${Date.now() + 3_600_000}`);
    client.disconnect();
  };

  it('adds up the charges of gateways, and drains them', async () => {
    const prefix = newId();
    const [one, other] = [await open(redis().url, prefix), await open(redis().url, prefix)];
    const first = await one.charge(of(charge('a', 10_000), charge('b', 5000)));
    expect(first.gateways).toBe(1);
    expectJustBelow(first.debts, [10_000, 5000]);
    const { debts, gateways, at } = await other.charge(of(charge('a', 20_000)));
    expect(gateways).toBe(2);
    expectJustBelow(debts, [30_000]);
    expect(Math.abs(at - performance.now())).toBeLessThan(50);
  });

  it('keeps amounts of 15 digits exact', async () => {
    const prefix = newId();
    const store = await open(redis().url, prefix);
    await setDebt(prefix, 'large', 864_000_000_000_001);
    expect((await store.charge(of(charge('large', 1)))).debts).toEqual([864_000_000_000_002]);
  });

  it('tells a gateway what others have charged', async () => {
    const prefix = newId();
    const [one, other] = [await open(redis().url, prefix), await open(redis().url, prefix)];
    const told: ChargedElsewhere[] = [];
    other.onCharged((charged) => told.push(charged));
    await setDebt(prefix, 'a:1', 864_000_000_000_001);
    await other.charge(of(charge('own', 1)));
    const { debts, at } = await one.charge(of(charge('a:1', 2), charge('a:2', 7)));
    await waitFor('the message', () => told.length > 0);
    expect(told).toMatchObject([{ keys: ['a:1', 'a:2'], costs: [2, 7], debts }]);
    expect(debts[0]).toBe(864_000_000_000_003);
    expect(Math.abs(told[0]!.at - at)).toBeLessThan(50);
  });

  it('lets requests of an idle time that are reported later drain in that time', async () => {
    const prefix = newId();
    const [one, other] = [await open(redis().url, prefix), await open(redis().url, prefix)];
    const earlier = of(charge('a', 5000, { ageMs: 10_000 }));
    expectJustBelow((await one.charge(earlier)).debts, [-5000]);
    expectJustBelow((await other.charge(earlier)).debts, [0]);
    // Earlier idle time is lost, except for what others may report.
    await setDebt(prefix, 'b', -8000);
    expectJustBelow((await one.charge({ charges: [charge('b', 100)], delayMs: 2000 })).debts, [-1900]);
    expectJustBelow((await one.charge(of(charge('b', 100)))).debts, [100]);
  });

  it('continues from what gateways are certain of when data are lost, and forgets drained buckets', async () => {
    const prefix = newId();
    const store = await open(redis().url, prefix);
    expectJustBelow((await store.charge(of(charge('a', 1000, { least: 60_000 })))).debts, [61_000]);
    const client = connectionTo({ url: redis().url, prefix: 'spec' }, 1000);
    await connect(client);
    const ttl = await client.pttl(`{${prefix}}:limit:a`);
    expect(ttl).toBeGreaterThan(60_000);
    expect(ttl).toBeLessThanOrEqual(63_000);
    client.disconnect();
  });

  it('drains nothing at once if the clock of the server was set back', async () => {
    const prefix = newId();
    const store = await open(redis().url, prefix);
    await setDebt(prefix, 'a', 500);
    expect((await store.charge(of(charge('a', 100)))).debts).toEqual([600]);
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
    await expect(store.charge(of(charge('a', 1)))).rejects.toThrow('not connected');
    const next = await startRedis(server.port);
    await waitFor('the connection', () => store.isAvailable);
    expectJustBelow((await store.charge(of(charge('a', 1)))).debts, [1]);
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
    await expect(store.charge(of(charge('a', 1)))).rejects.toThrow('OOM');
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
    await expect(store.charge(of(charge('a', 1)))).rejects.toThrow();
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
