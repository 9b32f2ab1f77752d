import type { LocalTarget } from '#registry-client';
import { DiscoveryBench } from '../testing/discovery-bench.js';

const url = 'http://127.0.0.1:9001';

const benchWithOne = (): Promise<DiscoveryBench> => DiscoveryBench.withOne(url);

async function benchWithOneDown(): Promise<DiscoveryBench> {
  const bench = await benchWithOne();
  bench.ejector.refused(bench.instance('a'), 'its port refused a connection');
  return bench;
}

/** Lets pending promises settle. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('Ejector', () => {
  it('takes the instance out of rotation when a refused connection is reported', async () => {
    const bench = await benchWithOneDown();
    expect(bench.available('users')).toEqual([]);
    expect(bench.ids('users')).toEqual(['a']);
    expect(await bench.registry.find('a')).toMatchObject({
      status: 'down',
      statusReason: 'its port refused a connection',
    });
    expect(bench.log.after(0).at(-1)).toMatchObject({ type: 'status-changed', status: 'down' });
  });

  it('records one event per outage, however many requests fail', async () => {
    const bench = await benchWithOne();
    const instance = bench.instance('a');
    for (let i = 0; i < 100; i++) bench.ejector.refused(instance, 'refused');
    expect(bench.log.after(0).filter(({ type }) => type === 'status-changed')).toHaveLength(1);
  });

  it('ignores a report about the previous URL of an instance that moved', async () => {
    const bench = await benchWithOne();
    const before = bench.instance('a');
    await bench.registry.register({ name: 'users', url: 'http://127.0.0.1:9002', id: 'a' });
    bench.ejector.refused(before, 'refused');
    expect(bench.available('users')).toEqual(['a']);
  });

  it('ignores a report about an address that the name no longer resolves to', async () => {
    const bench = new DiscoveryBench();
    const registration = { name: 'users', url: 'http://users-1:8001', id: 'a' };
    bench.addresses['users-1'] = '10.0.0.1';
    await bench.registry.register(registration);
    const before = bench.instance('a');
    // A recreated container.
    bench.addresses['users-1'] = '10.0.0.2';
    await bench.registry.register(registration);
    bench.ejector.refused(before, 'refused');
    expect(bench.available('users')).toEqual(['a']);
    bench.ejector.refused(bench.instance('a'), 'refused');
    expect(bench.available('users')).toEqual([]);
  });

  it('does not eject an instance in this process', async () => {
    const bench = new DiscoveryBench();
    const target: LocalTarget = { request: () => undefined, upgrade: () => undefined };
    await bench.registry.register({ name: 'users', url, id: 'a' }, target);
    bench.ejector.refused(bench.instance('a'), 'refused');
    expect(bench.available('users')).toEqual(['a']);
  });

  it('keeps an instance whose connection broke but whose health check passes', async () => {
    const bench = await benchWithOne();
    bench.check.passes = true;
    bench.ejector.suspected(bench.instance('a'), 'the connection was reset');
    bench.ejector.suspected(bench.instance('a'), 'the connection was reset');
    await settle();
    expect(bench.check.checked).toEqual([url]);
    expect(bench.available('users')).toEqual(['a']);
    expect(await bench.registry.find('a')).toMatchObject({ lastProbe: { ok: true, latencyMs: 1 } });
  });

  it('ejects an instance whose connection broke and whose health check fails', async () => {
    const bench = await benchWithOne();
    bench.ejector.suspected(bench.instance('a'), 'the connection was reset');
    await settle();
    expect(await bench.registry.find('a')).toMatchObject({
      status: 'down',
      statusReason: 'the connection was reset; the health check failed',
    });
  });

  it('reports each ejection once, with its reason', async () => {
    const bench = new DiscoveryBench();
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])
      await bench.registry.register({ name: 'users', url: `http://127.0.0.1:9${id.charCodeAt(0)}`, id });
    const ejections: string[] = [];
    bench.ejector.onEjection((service, reason) => ejections.push(`${service}: ${reason}`));
    for (let i = 0; i < 2; i += 1) bench.ejector.refused(bench.instance('a'), 'refused');
    bench.ejector.failing(bench.instance('b'), '5 failures in a row');
    for (const [id, isSilent] of [
      ['c', true],
      ['d', false],
    ] as const) {
      bench.check.isSilent = isSilent;
      bench.ejector.suspected(bench.instance(id), 'the connection was reset');
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
  async function benchOf(count: number): Promise<DiscoveryBench> {
    const bench = await DiscoveryBench.withInstances(count);
    bench.check.passes = true;
    return bench;
  }

  it('ejects instances that accept no connection, but health-checks the last one first', async () => {
    const bench = await benchOf(3);
    for (const id of ['i0', 'i1', 'i2'])
      bench.ejector.unreachable(bench.instance(id), 'no connection in time');
    expect(bench.available('users')).toEqual(['i2']);
    await settle();
    expect(bench.check.checked).toEqual(['http://127.0.0.1:9102']);
    expect(bench.available('users')).toEqual(['i2']);
  });

  it('ejects one for a second with a reason, and a health check returns it', async () => {
    const bench = await benchOf(3);
    bench.ejector.failing(bench.instance('i0'), '5 failures in a row');
    expect(bench.available('users')).toEqual(['i1', 'i2']);
    const statusReason = '5 failures in a row; ejected for 1 s';
    expect(await bench.registry.find('i0')).toMatchObject({ status: 'down', statusReason });
    await bench.pass(900);
    expect(bench.check.checked).toEqual([]);
    await bench.pass(200);
    expect(bench.available('users')).toEqual(['i0', 'i1', 'i2']);
  });

  it('doubles the term with each ejection, up to 30 seconds, and starts over after a minute', async () => {
    const bench = await benchOf(3);
    const reasons: string[] = [];
    const fail = async (): Promise<void> => {
      bench.ejector.failing(bench.instance('i0'), 'failing');
      reasons.push(bench.instance('i0').statusReason.replace(/^.*ejected for /, ''));
      await bench.pass(31_000);
    };
    for (let i = 0; i < 7; i += 1) await fail();
    expect(reasons).toEqual(['1 s', '2 s', '4 s', '8 s', '16 s', '30 s', '30 s']);
    await bench.pass(60_000);
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
    const bench = await benchOf(count);
    for (let i = 0; i < count; i += 1) bench.ejector.failing(bench.instance(`i${i}`), 'failing');
    expect(bench.available('users')).toHaveLength(count - out);
  });

  it.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [4, 2],
  ])('of %i instances that do not respond, keeps %i: the machine may be overloaded', async (count, stay) => {
    const bench = await benchOf(count);
    Object.assign(bench.check, { passes: false, isSilent: true });
    for (let i = 0; i < count; i += 1) bench.ejector.suspected(bench.instance(`i${i}`), 'silent');
    await settle();
    expect(bench.available('users')).toHaveLength(stay);
  });

  it('counts unreachable instances as ejected, and ignores draining ones', async () => {
    const bench = await benchOf(4);
    await bench.registry.drain('i3');
    bench.check.passes = false;
    bench.ejector.refused(bench.instance('i0'), 'refused');
    bench.ejector.failing(bench.instance('i1'), 'failing');
    expect(bench.available('users')).toEqual(['i1', 'i2']);
  });
});
