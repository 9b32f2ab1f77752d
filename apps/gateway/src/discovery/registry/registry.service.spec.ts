import type { LocalTarget } from '#registry-client';
import { DiscoveryHarness } from '../testing/discovery-harness.js';

const url = 'http://127.0.0.1:9001';
const target: LocalTarget = { request: () => undefined, upgrade: () => undefined };

describe('RegistryService', () => {
  it('shows a registration in the table before its promise resolves', async () => {
    const { registry, table } = new DiscoveryHarness();
    const { instance, isNew } = await registry.register({ name: 'users', url: `${url}/`, id: 'a' });
    expect(isNew).toBe(true);
    expect(instance).toMatchObject({ status: 'up', url, version: '0.0.0', weight: 100, ttlSeconds: 15 });
    expect(table.current.get('users')?.available).toMatchObject([{ id: 'a', url, transport: 'http' }]);
  });

  it('generates an id if none was sent', async () => {
    const { registry } = new DiscoveryHarness();
    const { instance } = await registry.register({ name: 'users', url });
    expect(instance.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });

  it('replaces every field when the same id registers again', async () => {
    const { registry, table } = new DiscoveryHarness();
    await registry.register({ name: 'users', url, id: 'a', weight: 5, metadata: { zone: 'a' } });
    const load = table.current.get('users')!.instances[0]!.load;
    const again = await registry.register({ name: 'users', url: 'http://10.0.0.1:1', id: 'a' });
    expect(again.isNew).toBe(false);
    expect(again.instance).toMatchObject({ weight: 100, metadata: {}, url: 'http://10.0.0.1:1' });
    expect(table.current.get('users')?.instances).toHaveLength(1);
    expect(table.current.get('users')!.instances[0]!.load).toBe(load);
  });

  it('moves an id that registers under another name', async () => {
    const harness = new DiscoveryHarness();
    await harness.registry.register({ name: 'users', url, id: 'a' });
    await harness.registry.register({ name: 'people', url, id: 'a' });
    expect(harness.table.current.get('users')).toMatchObject({ instances: [] });
    expect(harness.ids('people')).toEqual(['a']);
    expect(harness.index.total).toBe(1);
  });

  it('renews a lease without a new table', async () => {
    const harness = new DiscoveryHarness();
    await harness.registry.register({ name: 'users', url, id: 'a', ttlSeconds: 2 });
    const before = harness.table.current;
    await harness.pass(1500);
    const view = await harness.registry.heartbeat('a', { inFlight: 3 });
    expect(view).toMatchObject({ inFlight: 3, expiresAt: '2026-01-01T00:00:03.500Z' });
    await harness.pass(1900);
    expect(harness.table.current).toBe(before);
  });

  it('does not restore an instance that left on a late heartbeat', async () => {
    const harness = new DiscoveryHarness();
    await harness.registry.register({ name: 'users', url, id: 'a' });
    expect(await harness.registry.unregister('a')).toBe(true);
    expect(await harness.registry.heartbeat('a', {})).toBeUndefined();
    expect(await harness.registry.unregister('a')).toBe(false);
    expect(harness.ids('users')).toEqual([]);
  });

  it('takes a draining instance out of rotation, and returns it on resume', async () => {
    const harness = new DiscoveryHarness();
    await harness.registry.register({ name: 'users', url, id: 'a' });
    expect(await harness.registry.drain('a')).toMatchObject({ status: 'draining' });
    expect(harness.available('users')).toEqual([]);
    expect(harness.ids('users')).toEqual(['a']);
    expect(await harness.registry.resume('a')).toMatchObject({ status: 'up' });
    expect(harness.available('users')).toEqual(['a']);
  });

  it('keeps an instance of weight 0 registered and out of rotation', async () => {
    const harness = new DiscoveryHarness();
    await harness.registry.register({ name: 'users', url, id: 'a', weight: 0 });
    expect(harness.ids('users')).toEqual(['a']);
    expect(harness.available('users')).toEqual([]);
  });

  it('passes requests to a local target until its id registers over HTTP', async () => {
    const { registry, table } = new DiscoveryHarness();
    await registry.register({ name: 'users', url, id: 'a' }, target);
    expect(table.current.get('users')!.instances[0]).toMatchObject({ transport: 'local', target });
    const { instance } = await registry.register({ name: 'users', url, id: 'a' });
    expect(instance.transport).toBe('http');
    expect(table.current.get('users')!.instances[0]!.target).toBeUndefined();
  });

  it.each([
    ['over HTTP', undefined],
    ['with another target', { ...target }],
  ])('keeps the previous target if a registration %s cannot be stored', async (_how, other) => {
    const { registry, table, store } = new DiscoveryHarness();
    await registry.register({ name: 'users', url, id: 'a' }, target);
    const put = jest.spyOn(store, 'put').mockRejectedValueOnce(new Error('unavailable'));
    await expect(registry.register({ name: 'users', url, id: 'a' }, other)).rejects.toThrow('unavailable');
    put.mockRestore();
    await registry.drain('a');
    expect(await registry.find('a')).toMatchObject({ transport: 'local' });
    expect(table.current.get('users')!.instances[0]!.target).toBe(target);
  });

  it('rejects registrations beyond its limits, but accepts renewals', async () => {
    const { registry } = new DiscoveryHarness({ instances: 2, instancesPerService: 1 });
    await registry.register({ name: 'users', url, id: 'a' });
    await expect(registry.register({ name: 'users', url, id: 'b' })).rejects.toMatchObject({ status: 409 });
    await registry.register({ name: 'orders', url, id: 'b' });
    await expect(registry.register({ name: 'more', url, id: 'c' })).rejects.toMatchObject({ status: 503 });
    await expect(registry.register({ name: 'users', url, id: 'b' })).rejects.toMatchObject({ status: 409 });
    await expect(registry.register({ name: 'users', url, id: 'a' })).resolves.toMatchObject({ isNew: false });
  });

  it('makes one table for many registrations in one turn of the event loop', async () => {
    const { registry, table } = new DiscoveryHarness();
    let tables = 0;
    table.onChange(() => (tables += 1));
    await Promise.all(
      Array.from({ length: 10_000 }, (_, i) => registry.register({ name: 'users', url, id: `i${i}` })),
    );
    expect(table.current.get('users')?.available).toHaveLength(10_000);
    expect(tables).toBeLessThan(10);
  });
});
