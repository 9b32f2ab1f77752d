import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { startRedis, waitFor, withRedis } from '#testing';
import { TcpRelay } from '../../testing/tcp-relay.js';
import { newInstanceFrom } from '../new-instance.js';
import { RedisStoreHarness } from '../../testing/redis-store-harness.js';
import { registryKeys } from './registry-keys.js';

const down = { status: 'down', reason: 'refused' } as const;
const cause = { type: 'status-changed', reason: 'refused' } as const;
const unavailable = { status: 503, code: 'registry-unavailable', headers: { 'retry-after': '1' } };

withRedis('gateways on one Redis', (server) => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  const open = async (prefix?: string, url = server().url, retentionMs?: number) => {
    const opened = await RedisStoreHarness.open(url, prefix, retentionMs);
    closing.push(() => opened.close());
    return opened;
  };
  const pair = async () => {
    const one = await open();
    return [one, await open(one.prefix)] as const;
  };
  /** A second gateway, whose connection to Redis can be cut. */
  const withCable = async () => {
    const one = await open();
    const relay = await TcpRelay.to(server().port);
    closing.push(() => relay.close());
    return { one, relay, other: await open(one.prefix, relay.url) };
  };
  const client = () => {
    const redis = new Redis(server().url);
    closing.push(() => redis.disconnect());
    return redis;
  };
  const agree = (...stores: RedisStoreHarness[]) =>
    waitFor('the same snapshot everywhere', async () => {
      const pictures = await Promise.all(stores.map((each) => each.ids()));
      return new Set(pictures.map(String)).size === 1;
    });

  it('see the changes of others in one order and under the same ids', async () => {
    const [one, other] = await pair();
    await one.register('a');
    await Promise.all([one.register('b'), other.register('c'), other.store.remove('a', 'it left')]);
    await other.store.changeState('c', { isDraining: true }, { type: 'draining', reason: 'requested' });
    await waitFor('all changes', () => one.changes.length === 5 && other.changes.length === 5);
    expect(one.changes).toEqual(other.changes);
    expect(await one.store.list()).toEqual(await other.store.list());
  });

  it('read the registered instances and past changes at start-up', async () => {
    const one = await open();
    await one.register('a');
    await one.store.changeState('a', { health: down }, cause);
    const late = await open(one.prefix);
    expect(await late.store.get('a')).toEqual(await one.store.get('a'));
    expect(late.changes).toEqual(one.changes);
  });

  it('divide the instances among them, and take over those of a silent gateway', async () => {
    const [one, other] = await pair();
    const ids = Array.from({ length: 50 }, (_, i) => `i${i}`);
    await Promise.all([one.pass(200), other.pass(200)]);
    const mine = ids.filter((id) => one.store.isResponsibleFor(id));
    expect(ids.filter((id) => other.store.isResponsibleFor(id))).toEqual(
      ids.filter((id) => !mine.includes(id)),
    );
    expect(mine.length).toBeGreaterThan(5);
    await other.pass(1300);
    expect(ids.every((id) => other.store.isResponsibleFor(id))).toBe(true);
  });

  it('share nothing with gateways of another prefix', async () => {
    const [one, stranger] = [await open(), await open()];
    await one.register('a');
    expect(await stranger.ids()).toEqual([]);
  });

  it('accept five hundred registrations at once', async () => {
    const [one, other] = await pair();
    const ids = Array.from({ length: 500 }, (_, i) => `i${i}`).sort();
    await Promise.all(ids.map((id, i) => (i % 2 ? one : other).register(id)));
    await agree(one, other);
    expect(await one.ids()).toEqual(ids);
    expect(new Set(other.changes.map(({ id }) => id)).size).toBe(500);
  });

  it('send concurrent heartbeats in one command, and return each result separately', async () => {
    const one = await open();
    const redis = client();
    const ids = Array.from({ length: 50 }, (_, i) => `i${i}`);
    await Promise.all(ids.map((id) => one.register(id)));
    await redis.config('RESETSTAT');
    const sent = [...ids, 'unknown', 'i7'];
    const found = await Promise.all(sent.map((id, inFlight) => one.store.recordHeartbeat(id, { inFlight })));
    const commands = await redis.info('commandstats');
    const calls = [...commands.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].map(([, count]) =>
      Number(count),
    );
    expect(calls.length).toBeGreaterThan(0);
    expect(calls.reduce((sum, count) => sum + count, 0)).toBeLessThan(10);
    expect(found.map((instance) => instance?.id)).toEqual([...ids, undefined, 'i7']);
    expect(found.map((instance) => instance?.report.inFlight)).toEqual([
      ...ids.map((_, i) => i),
      undefined,
      51,
    ]);
  });

  it('miss no change while they are disconnected, and reject writes', async () => {
    const { one, other, relay } = await withCable();
    await one.register('a');
    await agree(one, other);
    relay.disconnect();
    await waitFor('the store to be unavailable', () => other.calls.includes('unavailable'));
    await one.register('b');
    await one.store.remove('a', 'it left');
    await expect(other.register('c')).rejects.toMatchObject(unavailable);
    await expect(other.store.recordHeartbeat('a', {})).rejects.toMatchObject(unavailable);
    await expect(other.store.remove('a', 'it left')).rejects.toMatchObject(unavailable);
    expect(await other.ids()).toEqual(['a']);
    relay.reconnect();
    await agree(one, other);
    expect(other.calls).toEqual(['available', 'unavailable', 'available']);
    expect(other.changes).toEqual(one.changes);
    expect(other.gaps).toBe(0);
  });

  it('read everything if the stream does not reach back to their last change', async () => {
    const { one, other, relay } = await withCable();
    await one.register('a');
    await agree(one, other);
    relay.disconnect();
    await one.register('b');
    await client().xtrim(`{${one.prefix}}:changes`, 'MAXLEN', 0);
    await one.register('c');
    relay.reconnect();
    await agree(one, other);
    expect(await other.ids()).toEqual(['a', 'b', 'c']);
    expect(other.gaps).toBe(1);
  });

  it('detect that entries were lost while they were connected', async () => {
    const [one, other] = await pair();
    const redis = client();
    // Two entries are added and one is removed at the same moment: no reader can have seen it.
    const changes = `{${one.prefix}}:changes`;
    await redis.hset(`{${one.prefix}}:state`, 'change', '7777777777777777');
    await one.register('a');
    await agree(one, other);
    expect(await redis.xlen(changes)).toBe(1);
    expect([one.gaps, other.gaps]).toEqual([1, 1]);
  });

  it('disconnect a broken connection once, however many commands fail', async () => {
    const { other, relay } = await withCable();
    const disconnect = jest.spyOn(Redis.prototype, 'disconnect');
    closing.push(() => disconnect.mockRestore());
    const heartbeats = Array.from({ length: 50 }, () => other.store.recordHeartbeat('a', {}));
    relay.disconnect();
    const outcomes = await Promise.allSettled(heartbeats);
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    const { contexts } = disconnect.mock;
    expect(contexts.length).toBeGreaterThan(0);
    expect(new Set(contexts).size).toBe(contexts.length);
  });

  it('apply health changes locally while the store is unavailable, and write them afterwards', async () => {
    const { one, other, relay } = await withCable();
    await one.register('a');
    await one.register('moved');
    await agree(one, other);
    relay.disconnect();
    await waitFor('the store to be unavailable', () => other.calls.includes('unavailable'));
    await other.store.changeState('moved', { health: down }, cause, 'http://127.0.0.1:9001');
    expect(await other.store.changeState('a', { health: down }, cause)).toMatchObject({ health: down });
    await expect(
      other.store.changeState('a', { isDraining: true }, { type: 'draining', reason: 'requested' }),
    ).rejects.toMatchObject(unavailable);
    expect(await other.store.get('a')).toMatchObject({ health: down, isDraining: false });
    const url = 'http://127.0.0.1:9002';
    const moved = newInstanceFrom({ name: 'users', url }, 'moved', url);
    await one.store.put(moved, 'registered');
    relay.reconnect();
    await waitFor(
      'the change at the other gateway',
      async () => (await one.store.get('a'))?.health.status === 'down',
    );
    await waitFor('the record', () => other.changes.length === 4);
    expect(other.changes).toEqual(one.changes);
    expect(await other.store.get('moved')).toMatchObject({ health: { status: 'up' } });
  });

  it('restore a flushed store, with increasing ids', async () => {
    const [one, other] = await pair();
    await one.register('a');
    await one.register('b');
    await other.store.changeState('b', { isDraining: true }, { type: 'draining', reason: 'requested' });
    await agree(one, other);
    await client().del(...registryKeys(one.prefix));
    await Promise.all([one.pass(800), other.pass(800)]);
    const late = await open(one.prefix);
    expect(await late.ids()).toEqual(['a', 'b']);
    expect(await late.store.get('b')).toMatchObject({ isDraining: true });
    await one.register('c');
    await agree(one, other, late);
    expect(other.changes.map(({ type }) => type)).toEqual([
      'registered',
      'registered',
      'draining',
      'registered',
    ]);
    expect(other.changes.at(-1)?.id).toBeGreaterThan(other.changes.at(-2)?.id ?? Infinity);
    expect([one.gaps, other.gaps]).toEqual([0, 0]);
  });

  it('restore expired instances, and the names of services without instances', async () => {
    const [one, other] = await pair();
    await one.register('a', 0.3);
    await one.register('departed', 300, 'papers');
    await one.store.remove('departed', 'it left');
    await one.pass(600);
    await waitFor('its expiry', async () => (await other.store.get('a'))?.health.status === 'down');
    const expired = await one.store.get('a');
    const names = new Map(one.store.names.all);
    expect([...names.keys()].sort()).toEqual(['papers', 'users']);
    const redis = client();
    await redis.del(...registryKeys(one.prefix));
    await waitFor('all to be back', async () => {
      await Promise.all([one.pass(100), other.pass(100)]);
      const key = `{${one.prefix}}`;
      return (
        (await redis.hexists(`${key}:instances`, 'a')) === 1 && (await redis.zcard(`${key}:names`)) === 2
      );
    });
    const late = await open(one.prefix);
    expect(await late.store.get('a')).toEqual(expired);
    expect(expired).toMatchObject({ health: { status: 'down' } });
    for (const { store } of [one, other, late]) expect(new Map(store.names.all)).toEqual(names);
    expect(await late.store.recordHeartbeat('a', {})).toBeUndefined();
    await late.pass(300);
    expect(await late.live()).toEqual([]);
  });

  it('drop names whose retention has ended, in Redis too', async () => {
    const one = await open(undefined, server().url, 400);
    await one.register('a');
    await one.store.remove('a', 'it left');
    expect([...one.store.names.all.keys()]).toEqual(['users']);
    const redis = client();
    await waitFor('the end of its retention', async () => {
      await one.pass(100);
      return one.store.names.all.size === 0 && (await redis.zcard(`{${one.prefix}}:names`)) === 0;
    });
  });

  it('accept a heartbeat of an instance that has registered again at another gateway', async () => {
    const [one, other] = await pair();
    await one.register('a', 0.3);
    await one.pass(600);
    await waitFor('its expiry', async () => (await other.store.get('a'))?.health.status === 'down');
    expect(await other.store.recordHeartbeat('a', {})).toBeUndefined();
    await one.register('a');
    expect(await other.store.recordHeartbeat('a', {})).toMatchObject({ id: 'a', health: { status: 'up' } });
  });

  it('restore a large registry in parts: no command blocks the server for long', async () => {
    const [one, other] = await pair();
    const ids = Array.from({ length: 2500 }, (_, i) => `i${i}`).sort();
    for (let i = 0; i < ids.length; i += 100)
      await Promise.all(ids.slice(i, i + 100).map((id) => one.register(id)));
    await agree(one, other);
    const redis = client();
    await redis.config('SET', 'slowlog-max-len', 100_000);
    await redis.config('SET', 'slowlog-log-slower-than', 0);
    await redis.del(...registryKeys(one.prefix));
    await Promise.all([one.pass(300), other.pass(300)]);
    await waitFor(
      'all to be back',
      async () => (await redis.hlen(`{${one.prefix}}:instances`)) === ids.length,
    );
    const late = await open(one.prefix);
    expect(await late.ids()).toEqual(ids);
    await redis.config('SET', 'slowlog-log-slower-than', -1);
    expect(await longestCommand(redis)).toBeLessThan(ids.length * 2);
  });

  it('update a store that came back with older data', async () => {
    const [one, other] = await pair();
    const redis = client();
    await one.register('old');
    await one.register('departed');
    const keys = registryKeys(one.prefix);
    const dumps = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
    await one.store.remove('departed', 'it left');
    await one.register('new');
    await one.store.changeState('old', { health: down }, cause);
    await agree(one, other);
    const rollback = redis.multi().del(...keys);
    keys.forEach((key, i) => dumps[i] && rollback.restore(key, 0, dumps[i]));
    await rollback.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes').exec();
    await waitFor('both to be available', () => [one, other].every(({ calls }) => calls.length === 3));
    const late = await open(one.prefix);
    expect(await late.ids()).toEqual(['new', 'old']);
    expect(await late.store.get('old')).toMatchObject({ health: down });
    await agree(one, other, late);
  });
});

/** The number of arguments of the longest command in the server's slow log, which lists only the first 31. */
async function longestCommand(redis: Redis): Promise<number> {
  const log = (await redis.call('SLOWLOG', 'GET', '-1')) as [number, number, number, string[]][];
  const lengths = log.map(([, , , words]) => {
    const [, more] = /^\.\.\. \((\d+) more arguments\)$/.exec(words.at(-1) ?? '') ?? [];
    return words.length - 1 + Number(more ?? 1);
  });
  expect(lengths.length).toBeGreaterThan(0);
  return Math.max(...lengths);
}

withRedis('a Redis that restarts', (server) => {
  it('is restored by its gateways within two seconds if it came back empty', async () => {
    const stores = await Promise.all([1, 2, 3].map(() => RedisStoreHarness.open(server().url, 'one')));
    const ids = Array.from({ length: 100 }, (_, i) => `i${i}`).sort();
    await Promise.all(ids.map((id, i) => stores[i % 3]!.register(id)));
    await stores[0]!.store.remove('i7', 'it left');
    await waitFor('the change at every gateway', () => stores.every(({ changes }) => changes.length === 101));
    server().process.signal('SIGKILL');
    await waitFor('the store to be unavailable', () => stores.every(({ calls }) => calls.length === 2));
    expect(await stores[1]!.ids()).toHaveLength(99);
    const launchedAt = performance.now();
    const again = await startRedis(server().port);
    const startedAt = performance.now();
    await waitFor('the store to be available', () => stores.every(({ calls }) => calls.length === 3));
    const late = await RedisStoreHarness.open(again.url, 'one');
    // Unless the machine takes long to start Redis.
    const most = Math.max(2000, 10 * (startedAt - launchedAt));
    expect(performance.now() - startedAt).toBeLessThan(most);
    expect(await late.ids()).toEqual(ids.filter((id) => id !== 'i7'));
    await stores[0]!.register('i7');
    await waitFor('the change at every gateway', () => stores.every(({ changes }) => changes.length === 102));
    await Promise.all([...stores, late].map((each) => each.close()));
    await again.stop();
  });
});

withRedis('leases on one Redis', (server) => {
  const closing: RedisStoreHarness[] = [];
  afterEach(() => Promise.all(closing.splice(0).map((each) => each.close())));
  const pair = async () => {
    const one = await RedisStoreHarness.open(server().url);
    const other = await RedisStoreHarness.open(server().url, one.prefix);
    closing.push(one, other);
    return [one, other] as const;
  };

  it('survive a stalled server, which counts as unavailable meanwhile', async () => {
    const [one, other] = await pair();
    await one.register('a', 2);
    await one.store.sweep();
    server().process.signal('SIGSTOP');
    await Promise.all([one.pass(3000), other.pass(3000)]);
    expect(one.calls).toEqual(['available', 'unavailable']);
    await expect(one.register('b')).rejects.toMatchObject(unavailable);
    server().process.signal('SIGCONT');
    await waitFor('the store to be available', () => one.calls.length === 3 && other.calls.length === 3);
    await Promise.all([one.pass(500), other.pass(500)]);
    expect(await other.live()).toEqual(['a']);
    await Promise.all([one.pass(2500), other.pass(2500)]);
    expect(await other.live()).toEqual([]);
  });

  it('survive a stall of the gateway that received their heartbeats, while others sweep', async () => {
    const [one, other] = await pair();
    // Longer than the detection of a silent gateway takes, as every lease is.
    await one.register('a', 2);
    await other.register('b', 2);
    await one.store.sweep();
    // `one` is stalled: it sends nothing, not even a sweep.
    await other.pass(3500);
    expect(await other.live()).toEqual(['a']);
    expect((await one.store.sweep()).expired).toEqual([]);
    await Promise.all([one.pass(700), other.pass(700)]);
    expect(await one.live()).toEqual(['a']);
    await Promise.all([one.pass(2500), other.pass(2500)]);
    expect(await one.live()).toEqual([]);
    expect(one.changes.filter(({ type }) => type === 'expired')).toHaveLength(2);
  });

  it('expire after the gateway that received their heartbeats has left', async () => {
    const [one, other] = await pair();
    await one.register('a', 1);
    await one.close();
    await other.pass(1500);
    expect(await other.live()).toEqual([]);
  });

  it('expire once, whichever gateway sweeps', async () => {
    const [one, other] = await pair();
    await one.register('a', 0.3);
    await sleep(400);
    const sweeps = await Promise.all([one, other, one, other].map(({ store }) => store.sweep()));
    expect(sweeps.flatMap(({ expired }) => expired)).toHaveLength(1);
  });
});
