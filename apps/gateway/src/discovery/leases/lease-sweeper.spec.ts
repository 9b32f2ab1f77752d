import { DiscoveryBench } from '../testing/discovery-bench.js';

const url = 'http://127.0.0.1:9001';

const benchWith = async (...ids: string[]): Promise<DiscoveryBench> => {
  const bench = new DiscoveryBench();
  for (const id of ids) await bench.registry.register({ name: 'users', url, id, ttlSeconds: 2 });
  return bench;
};

describe('LeaseSweeper', () => {
  it('drops an instance when its lease is over, not before', async () => {
    const bench = await benchWith('a');
    await bench.pass(1900);
    expect(bench.ids('users')).toEqual(['a']);
    await bench.pass(100);
    expect(bench.ids('users')).toEqual([]);
    expect(await bench.registry.list({ status: 'up' })).toEqual([]);
  });

  it('keeps what beats and drops what does not', async () => {
    const bench = await benchWith('a', 'b');
    await bench.pass(1500);
    await bench.registry.heartbeat('a', {});
    await bench.pass(1500);
    expect(bench.ids('users')).toEqual(['a']);
  });

  it('moves leases along when the process stood still', async () => {
    const bench = await benchWith('a', 'b');
    await bench.pass(1000);
    await bench.stall(30_000);
    expect(bench.ids('users')).toEqual(['a', 'b']);
    expect(bench.stalls).toEqual([29_900]);
    await bench.registry.heartbeat('a', {});
    await bench.pass(1000);
    expect(bench.ids('users')).toEqual(['a']);
  });

  it('moves leases back with a clock that was set back', async () => {
    const bench = await benchWith('a');
    await bench.stall(-3_600_000);
    await bench.pass(2100);
    expect(bench.ids('users')).toEqual([]);
  });

  it('gives lost time back once when a cleanup comes before the late sweep', async () => {
    const bench = await benchWith('a');
    bench.clock.advance(30_000);
    expect(await bench.registry.cleanup()).toEqual([]);
    await bench.sweeper.tick();
    expect(bench.stalls).toHaveLength(1);
    await bench.pass(2000);
    expect(bench.ids('users')).toEqual([]);
  });

  it('answers a cleanup with what it dropped', async () => {
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
