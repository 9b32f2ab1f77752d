import { DiscoveryBench, RETENTION_MS } from '../testing/discovery-bench.js';
import { EXPIRED_PER_SERVICE } from './expired-instances.js';

const url = 'http://127.0.0.1:9001';

describe('an instance whose lease expired', () => {
  const benchWithExpired = async (): Promise<DiscoveryBench> => {
    const bench = new DiscoveryBench();
    await bench.registry.register({ name: 'users', url, id: 'a', ttlSeconds: 2 });
    await bench.pass(2000);
    return bench;
  };

  it('stays listed as down, with the reason and the time', async () => {
    const bench = await benchWithExpired();
    expect(await bench.registry.list()).toMatchObject([
      {
        id: 'a',
        status: 'down',
        statusReason: 'lease expired: no heartbeat for 2 s',
        expiresAt: '2026-01-01T00:00:02.000Z',
        expiredAt: '2026-01-01T00:00:02.000Z',
      },
    ]);
    const entry = bench.table.current.get('users');
    expect(entry).toMatchObject({ live: [], available: [], lastSeenAt: Date.UTC(2026, 0, 1, 0, 0, 2) });
    expect(entry?.instances).toMatchObject([{ id: 'a', status: 'down' }]);
  });

  it('is not health-checked and does not return to rotation', async () => {
    const bench = new DiscoveryBench();
    await bench.registry.register({ name: 'users', url, id: 'a', ttlSeconds: 2 });
    bench.ejector.refused(bench.instance('a'), 'refused');
    await bench.pass(2000);
    const { length } = bench.check.checked;
    expect(length).toBeGreaterThan(0);
    bench.check.passes = true;
    await bench.pass(20_000);
    expect(bench.check.checked).toHaveLength(length);
    expect(bench.available('users')).toEqual([]);
  });

  it('rejects heartbeats and drains, and is up again after a registration', async () => {
    const bench = await benchWithExpired();
    expect(await bench.registry.heartbeat('a', {})).toBeUndefined();
    expect(await bench.registry.drain('a')).toBeUndefined();
    const { isNew, instance } = await bench.registry.register({ name: 'users', url, id: 'a' });
    expect([isNew, instance.status, instance.expiredAt]).toEqual([false, 'up', undefined]);
    expect(bench.available('users')).toEqual(['a']);
    await bench.pass(RETENTION_MS);
    expect(await bench.registry.find('a')).toMatchObject({ statusReason: expect.stringMatching('expired') });
  });

  it('does not count in the share of a service that may be ejected', async () => {
    const bench = new DiscoveryBench();
    for (const id of ['gone-1', 'gone-2'])
      await bench.registry.register({ name: 'users', url, id, ttlSeconds: 2 });
    await bench.pass(2000);
    for (const id of ['a', 'b']) await bench.registry.register({ name: 'users', url, id });
    bench.ejector.failing(bench.instance('a'), 'it failed');
    expect(bench.available('users')).toEqual(['b']);
  });

  it('does not count towards the limits of the registry', async () => {
    const bench = new DiscoveryBench({ instances: 1, instancesPerService: 1 });
    await bench.registry.register({ name: 'users', url, id: 'a', ttlSeconds: 2 });
    await bench.pass(2000);
    await bench.registry.register({ name: 'users', url, id: 'b', ttlSeconds: 2 });
    await expect(bench.registry.register({ name: 'users', url, id: 'a' })).rejects.toMatchObject({
      status: 503,
    });
    await bench.pass(2000);
    await expect(bench.registry.register({ name: 'users', url, id: 'a' })).resolves.toMatchObject({
      isNew: false,
    });
  });

  it('is removed at once when it is unregistered, and its service stays known', async () => {
    const bench = await benchWithExpired();
    expect(await bench.registry.unregister('a')).toBe(true);
    expect(await bench.registry.list()).toEqual([]);
    expect(bench.table.current.get('users')).toMatchObject({ instances: [], available: [] });
  });

  it('is removed by a cleanup, which returns its id', async () => {
    const bench = await benchWithExpired();
    await bench.registry.register({ name: 'users', url, id: 'b' });
    expect(await bench.registry.cleanup()).toEqual(['a']);
    expect(await bench.registry.cleanup()).toEqual([]);
    expect(await bench.registry.list()).toMatchObject([{ id: 'b' }]);
    expect(bench.log.after(0).at(-1)).toMatchObject({ type: 'removed', instanceId: 'a', status: 'gone' });
  });

  it('is removed when its retention ends, with the name of its service', async () => {
    const bench = await benchWithExpired();
    await bench.pass(RETENTION_MS - 100);
    expect(await bench.registry.list()).toHaveLength(1);
    await bench.pass(100);
    expect(await bench.registry.list()).toEqual([]);
    expect(bench.table.current.get('users')).toBeUndefined();
  });

  it('is removed in favour of later ones beyond the limit per service', async () => {
    const bench = new DiscoveryBench();
    await bench.registry.register({ name: 'orders', url, id: 'other', ttlSeconds: 2 });
    for (let i = 0; i < EXPIRED_PER_SERVICE + 3; i += 1) {
      await bench.registry.register({ name: 'users', url, id: `i${i}`, ttlSeconds: 2 });
      await bench.pass(100);
    }
    await bench.pass(2000);
    const ids = (await bench.registry.list({ name: 'users' })).map(({ id }) => id);
    expect(ids).toHaveLength(EXPIRED_PER_SERVICE);
    expect(ids.slice(0, 1)).toEqual(['i3']);
    expect(await bench.registry.find('other')).toMatchObject({ status: 'down' });
  });
});
