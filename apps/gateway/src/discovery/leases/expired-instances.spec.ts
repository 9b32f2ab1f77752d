import { DiscoveryHarness, RETENTION_MS } from '../testing/discovery-harness.js';
import { EXPIRED_PER_SERVICE } from './expired-instances.js';

const url = 'http://127.0.0.1:9001';

describe('an instance whose lease expired', () => {
  const harnessWithExpired = async (): Promise<DiscoveryHarness> => {
    const harness = new DiscoveryHarness();
    await harness.registry.register({ name: 'users', url, id: 'a', ttlSeconds: 2 });
    await harness.pass(2000);
    return harness;
  };

  it('stays listed as down, with the reason and the time', async () => {
    const harness = await harnessWithExpired();
    expect(await harness.registry.list()).toMatchObject([
      {
        id: 'a',
        status: 'down',
        statusReason: 'lease expired: no heartbeat for 2 s',
        expiresAt: '2026-01-01T00:00:02.000Z',
        expiredAt: '2026-01-01T00:00:02.000Z',
      },
    ]);
    const entry = harness.table.current.get('users');
    expect(entry).toMatchObject({ live: [], available: [], lastSeenAt: Date.UTC(2026, 0, 1, 0, 0, 2) });
    expect(entry?.instances).toMatchObject([{ id: 'a', status: 'down' }]);
  });

  it('is not health-checked and does not return to rotation', async () => {
    const harness = new DiscoveryHarness();
    await harness.registry.register({ name: 'users', url, id: 'a', ttlSeconds: 2 });
    harness.ejector.refused(harness.instance('a'), 'refused');
    await harness.pass(2000);
    const { length } = harness.check.checked;
    expect(length).toBeGreaterThan(0);
    harness.check.passes = true;
    await harness.pass(20_000);
    expect(harness.check.checked).toHaveLength(length);
    expect(harness.available('users')).toEqual([]);
  });

  it('rejects heartbeats and drains, and is up again after a registration', async () => {
    const harness = await harnessWithExpired();
    expect(await harness.registry.heartbeat('a', {})).toBeUndefined();
    expect(await harness.registry.drain('a')).toBeUndefined();
    const { isNew, instance } = await harness.registry.register({ name: 'users', url, id: 'a' });
    expect([isNew, instance.status, instance.expiredAt]).toEqual([false, 'up', undefined]);
    expect(harness.available('users')).toEqual(['a']);
    await harness.pass(RETENTION_MS);
    expect(await harness.registry.find('a')).toMatchObject({
      statusReason: expect.stringMatching('expired'),
    });
  });

  it('does not count in the share of a service that may be ejected', async () => {
    const harness = new DiscoveryHarness();
    for (const id of ['gone-1', 'gone-2'])
      await harness.registry.register({ name: 'users', url, id, ttlSeconds: 2 });
    await harness.pass(2000);
    for (const id of ['a', 'b']) await harness.registry.register({ name: 'users', url, id });
    harness.ejector.failing(harness.instance('a'), 'it failed');
    expect(harness.available('users')).toEqual(['b']);
  });

  it('does not count towards the limits of the registry', async () => {
    const harness = new DiscoveryHarness({ instances: 1, instancesPerService: 1 });
    await harness.registry.register({ name: 'users', url, id: 'a', ttlSeconds: 2 });
    await harness.pass(2000);
    await harness.registry.register({ name: 'users', url, id: 'b', ttlSeconds: 2 });
    await expect(harness.registry.register({ name: 'users', url, id: 'a' })).rejects.toMatchObject({
      status: 503,
    });
    await harness.pass(2000);
    await expect(harness.registry.register({ name: 'users', url, id: 'a' })).resolves.toMatchObject({
      isNew: false,
    });
  });

  it('is removed at once when it is unregistered, and its service stays known', async () => {
    const harness = await harnessWithExpired();
    expect(await harness.registry.unregister('a')).toBe(true);
    expect(await harness.registry.list()).toEqual([]);
    expect(harness.table.current.get('users')).toMatchObject({ instances: [], available: [] });
  });

  it('is removed by a cleanup, which returns its id', async () => {
    const harness = await harnessWithExpired();
    await harness.registry.register({ name: 'users', url, id: 'b' });
    expect(await harness.registry.cleanup()).toEqual(['a']);
    expect(await harness.registry.cleanup()).toEqual([]);
    expect(await harness.registry.list()).toMatchObject([{ id: 'b' }]);
    expect(harness.log.after(0).at(-1)).toMatchObject({ type: 'removed', instanceId: 'a', status: 'gone' });
  });

  it('is removed when its retention ends, with the name of its service', async () => {
    const harness = await harnessWithExpired();
    await harness.pass(RETENTION_MS - 100);
    expect(await harness.registry.list()).toHaveLength(1);
    await harness.pass(100);
    expect(await harness.registry.list()).toEqual([]);
    expect(harness.table.current.get('users')).toBeUndefined();
  });

  it('is removed in favour of later ones beyond the limit per service', async () => {
    const harness = new DiscoveryHarness();
    await harness.registry.register({ name: 'orders', url, id: 'other', ttlSeconds: 2 });
    for (let i = 0; i < EXPIRED_PER_SERVICE + 3; i += 1) {
      await harness.registry.register({ name: 'users', url, id: `i${i}`, ttlSeconds: 2 });
      await harness.pass(100);
    }
    await harness.pass(2000);
    const ids = (await harness.registry.list({ name: 'users' })).map(({ id }) => id);
    expect(ids).toHaveLength(EXPIRED_PER_SERVICE);
    expect(ids.slice(0, 1)).toEqual(['i3']);
    expect(await harness.registry.find('other')).toMatchObject({ status: 'down' });
  });
});
