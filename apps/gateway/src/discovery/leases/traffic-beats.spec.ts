import { DiscoveryBench } from '../testing/discovery-bench.js';

const url = 'http://127.0.0.1:9001';

async function benchWithTwo(): Promise<DiscoveryBench> {
  const bench = new DiscoveryBench();
  for (const id of ['a', 'b']) await bench.registry.register({ name: 'users', url, id, ttlSeconds: 2 });
  return bench;
}

describe('TrafficBeats', () => {
  it('keeps an instance that responds but sends no heartbeats', async () => {
    const bench = await benchWithTwo();
    for (let i = 0; i < 5; i++) {
      bench.instance('a').load.hasAnswered = true;
      await bench.pass(1000);
    }
    expect(bench.ids('users')).toEqual(['a']);
    await bench.pass(2000);
    expect(bench.ids('users')).toEqual([]);
  });

  it('counts a response once, and changes neither the last heartbeat nor the report', async () => {
    const bench = await benchWithTwo();
    await bench.registry.heartbeat('a', { inFlight: 3 });
    const before = await bench.registry.find('a');
    bench.instance('a').load.hasAnswered = true;
    await bench.pass(1000);
    const after = await bench.registry.find('a');
    expect(after).toEqual({ ...before, expiresAt: '2026-01-01T00:00:03.000Z' });
    expect(bench.instance('a').load.hasAnswered).toBe(false);
  });

  it('does not restore an instance that has left', async () => {
    const bench = await benchWithTwo();
    const { load } = bench.instance('a');
    await bench.registry.unregister('a');
    load.hasAnswered = true;
    await bench.store.renew(['a']);
    await bench.pass(1000);
    expect(bench.ids('users')).toEqual(['b']);
  });
});
