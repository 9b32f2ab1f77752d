import type { LocalTarget } from '#registry-client';
import { DiscoveryHarness } from '../testing/discovery-harness.js';

const url = 'http://127.0.0.1:9001';

const harnessWithOne = (): Promise<DiscoveryHarness> => DiscoveryHarness.withOne(url);

async function harnessWithOneDown(): Promise<DiscoveryHarness> {
  const harness = await harnessWithOne();
  harness.ejector.refused(harness.instance('a'), 'its port refused a connection');
  return harness;
}

/** Lets pending promises settle. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('Ejector', () => {
  it('takes the instance out of rotation when a refused connection is reported', async () => {
    const harness = await harnessWithOneDown();
    expect(harness.available('users')).toEqual([]);
    expect(harness.ids('users')).toEqual(['a']);
    expect(await harness.registry.find('a')).toMatchObject({
      status: 'down',
      statusReason: 'its port refused a connection',
    });
    expect(harness.log.after(0).at(-1)).toMatchObject({ type: 'status-changed', status: 'down' });
  });

  it('records one event per outage, however many requests fail', async () => {
    const harness = await harnessWithOne();
    const instance = harness.instance('a');
    for (let i = 0; i < 100; i++) harness.ejector.refused(instance, 'refused');
    expect(harness.log.after(0).filter(({ type }) => type === 'status-changed')).toHaveLength(1);
  });

  it('ignores a report about the previous URL of an instance that moved', async () => {
    const harness = await harnessWithOne();
    const before = harness.instance('a');
    await harness.registry.register({ name: 'users', url: 'http://127.0.0.1:9002', id: 'a' });
    harness.ejector.refused(before, 'refused');
    expect(harness.available('users')).toEqual(['a']);
  });

  it('ignores a report about an address that the name no longer resolves to', async () => {
    const harness = new DiscoveryHarness();
    const registration = { name: 'users', url: 'http://users-1:8001', id: 'a' };
    harness.addresses['users-1'] = '10.0.0.1';
    await harness.registry.register(registration);
    const before = harness.instance('a');
    // A recreated container.
    harness.addresses['users-1'] = '10.0.0.2';
    await harness.registry.register(registration);
    harness.ejector.refused(before, 'refused');
    expect(harness.available('users')).toEqual(['a']);
    harness.ejector.refused(harness.instance('a'), 'refused');
    expect(harness.available('users')).toEqual([]);
  });

  it('does not eject an instance in this process', async () => {
    const harness = new DiscoveryHarness();
    const target: LocalTarget = { request: () => undefined, upgrade: () => undefined };
    await harness.registry.register({ name: 'users', url, id: 'a' }, target);
    harness.ejector.refused(harness.instance('a'), 'refused');
    expect(harness.available('users')).toEqual(['a']);
  });

  it('keeps an instance whose connection broke but whose health check passes', async () => {
    const harness = await harnessWithOne();
    harness.check.passes = true;
    harness.ejector.suspected(harness.instance('a'), 'the connection was reset');
    harness.ejector.suspected(harness.instance('a'), 'the connection was reset');
    await settle();
    expect(harness.check.checked).toEqual([url]);
    expect(harness.available('users')).toEqual(['a']);
    expect(await harness.registry.find('a')).toMatchObject({ lastProbe: { ok: true, latencyMs: 1 } });
  });

  it('ejects an instance whose connection broke and whose health check fails', async () => {
    const harness = await harnessWithOne();
    harness.ejector.suspected(harness.instance('a'), 'the connection was reset');
    await settle();
    expect(await harness.registry.find('a')).toMatchObject({
      status: 'down',
      statusReason: 'the connection was reset; the health check failed',
    });
  });

  it('reports each ejection once, with its reason', async () => {
    const harness = new DiscoveryHarness();
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])
      await harness.registry.register({ name: 'users', url: `http://127.0.0.1:9${id.charCodeAt(0)}`, id });
    const ejections: string[] = [];
    harness.ejector.onEjection((service, reason) => ejections.push(`${service}: ${reason}`));
    for (let i = 0; i < 2; i += 1) harness.ejector.refused(harness.instance('a'), 'refused');
    harness.ejector.failing(harness.instance('b'), '5 failures in a row');
    for (const [id, isSilent] of [
      ['c', true],
      ['d', false],
    ] as const) {
      harness.check.isSilent = isSilent;
      harness.ejector.suspected(harness.instance(id), 'the connection was reset');
      await settle();
    }
    expect(ejections).toEqual([
      'users: connect_failure',
      'users: outlier',
      'users: unresponsive',
      'users: health_check',
    ]);
  });
});

describe('Ejector of failing instances', () => {
  async function harnessOf(count: number): Promise<DiscoveryHarness> {
    const harness = await DiscoveryHarness.withInstances(count);
    harness.check.passes = true;
    return harness;
  }

  it('ejects instances that accept no connection, but health-checks the last one first', async () => {
    const harness = await harnessOf(3);
    for (const id of ['i0', 'i1', 'i2'])
      harness.ejector.unreachable(harness.instance(id), 'no connection in time');
    expect(harness.available('users')).toEqual(['i2']);
    await settle();
    expect(harness.check.checked).toEqual(['http://127.0.0.1:9102']);
    expect(harness.available('users')).toEqual(['i2']);
  });

  it('ejects one for a second with a reason, and a health check returns it', async () => {
    const harness = await harnessOf(3);
    harness.ejector.failing(harness.instance('i0'), '5 failures in a row');
    expect(harness.available('users')).toEqual(['i1', 'i2']);
    const statusReason = '5 failures in a row; ejected for 1 s';
    expect(await harness.registry.find('i0')).toMatchObject({ status: 'down', statusReason });
    await harness.pass(900);
    expect(harness.check.checked).toEqual([]);
    await harness.pass(200);
    expect(harness.available('users')).toEqual(['i0', 'i1', 'i2']);
  });

  it('doubles the term with each ejection, up to 30 seconds, and starts over after a minute', async () => {
    const harness = await harnessOf(3);
    const reasons: string[] = [];
    const fail = async (): Promise<void> => {
      harness.ejector.failing(harness.instance('i0'), 'failing');
      reasons.push(harness.instance('i0').statusReason.replace(/^.*ejected for /, ''));
      await harness.pass(31_000);
    };
    for (let i = 0; i < 7; i += 1) await fail();
    expect(reasons).toEqual(['1 s', '2 s', '4 s', '8 s', '16 s', '30 s', '30 s']);
    await harness.pass(60_000);
    await fail();
    expect(reasons.at(-1)).toBe('1 s');
  });

  it.each([
    [1, 0],
    [2, 1],
    [3, 1],
    [4, 2],
    [7, 3],
  ])('of %i instances that all fail, ejects %i: half of the service stays', async (count, out) => {
    const harness = await harnessOf(count);
    for (let i = 0; i < count; i += 1) harness.ejector.failing(harness.instance(`i${i}`), 'failing');
    expect(harness.available('users')).toHaveLength(count - out);
  });

  it.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [4, 2],
  ])('of %i instances that do not respond, keeps %i: the machine may be overloaded', async (count, stay) => {
    const harness = await harnessOf(count);
    Object.assign(harness.check, { passes: false, isSilent: true });
    for (let i = 0; i < count; i += 1) harness.ejector.suspected(harness.instance(`i${i}`), 'silent');
    await settle();
    expect(harness.available('users')).toHaveLength(stay);
  });

  it('counts unreachable instances as ejected, and ignores draining ones', async () => {
    const harness = await harnessOf(4);
    await harness.registry.drain('i3');
    harness.check.passes = false;
    harness.ejector.refused(harness.instance('i0'), 'refused');
    harness.ejector.failing(harness.instance('i1'), 'failing');
    expect(harness.available('users')).toEqual(['i1', 'i2']);
  });
});
