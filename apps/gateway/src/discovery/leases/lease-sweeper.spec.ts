import { DiscoveryBench } from '../testing/discovery-bench.js';

const url = 'http://127.0.0.1:9001';

const benchWith = async (...ids: string[]): Promise<DiscoveryBench> => {
  const bench = new DiscoveryBench();
  for (const id of ids) await bench.registry.register({ name: 'users', url, id, ttlSeconds: 2 });
  return bench;
};

describe('LeaseSweeper', () => {
  it('expires an instance when its lease ends, not before', async () => {
    const bench = await benchWith('a');
    await bench.pass(1900);
    expect(bench.ids('users')).toEqual(['a']);
    await bench.pass(100);
    expect(bench.ids('users')).toEqual([]);
    expect(await bench.registry.list({ status: 'up' })).toEqual([]);
  });

  it('keeps instances that send heartbeats and expires the others', async () => {
    const bench = await benchWith('a', 'b');
    await bench.pass(1500);
    await bench.registry.heartbeat('a', {});
    await bench.pass(1500);
    expect(bench.ids('users')).toEqual(['a']);
  });

  it('extends leases by the time of an event-loop stall', async () => {
    const bench = await benchWith('a', 'b');
    await bench.pass(1000);
    await bench.stall(30_000);
    expect(bench.ids('users')).toEqual(['a', 'b']);
    expect(bench.stalls).toEqual([29_900]);
    await bench.registry.heartbeat('a', {});
    await bench.pass(1000);
    expect(bench.ids('users')).toEqual(['a']);
  });

  it('moves leases back when the clock is set back', async () => {
    const bench = await benchWith('a');
    await bench.stall(-3_600_000);
    await bench.pass(2100);
    expect(bench.ids('users')).toEqual([]);
  });

  it('extends leases once if a cleanup precedes the late sweep', async () => {
    const bench = await benchWith('a');
    bench.clock.advance(30_000);
    expect(await bench.registry.cleanup()).toEqual([]);
    await bench.sweeper.tick();
    expect(bench.stalls).toHaveLength(1);
    await bench.pass(2000);
    expect(bench.ids('users')).toEqual([]);
  });

  it('returns the removed ids from a cleanup', async () => {
    const bench = await benchWith('a', 'b');
    bench.clock.advance(900);
    await bench.sweeper.tick();
    bench.clock.advance(1000);
    await bench.registry.heartbeat('b', {});
    bench.clock.advance(100);
    expect(await bench.registry.cleanup()).toEqual(['a']);
    expect(bench.ids('users')).toEqual(['b']);
  });
});
