import { DiscoveryHarness } from '../testing/discovery-harness.js';

const url = 'http://127.0.0.1:9001';

const harnessWith = async (...ids: string[]): Promise<DiscoveryHarness> => {
  const harness = new DiscoveryHarness();
  for (const id of ids) await harness.registry.register({ name: 'users', url, id, ttlSeconds: 2 });
  return harness;
};

describe('LeaseSweeper', () => {
  it('expires an instance when its lease ends, not before', async () => {
    const harness = await harnessWith('a');
    await harness.pass(1900);
    expect(harness.ids('users')).toEqual(['a']);
    await harness.pass(100);
    expect(harness.ids('users')).toEqual([]);
    expect(await harness.registry.list({ status: 'up' })).toEqual([]);
  });

  it('keeps instances that send heartbeats and expires the others', async () => {
    const harness = await harnessWith('a', 'b');
    await harness.pass(1500);
    await harness.registry.heartbeat('a', {});
    await harness.pass(1500);
    expect(harness.ids('users')).toEqual(['a']);
  });

  it('extends leases by the time of an event-loop stall', async () => {
    const harness = await harnessWith('a', 'b');
    await harness.pass(1000);
    await harness.stall(30_000);
    expect(harness.ids('users')).toEqual(['a', 'b']);
    expect(harness.stalls).toEqual([29_900]);
    await harness.registry.heartbeat('a', {});
    await harness.pass(1000);
    expect(harness.ids('users')).toEqual(['a']);
  });

  it('moves leases back when the clock is set back', async () => {
    const harness = await harnessWith('a');
    await harness.stall(-3_600_000);
    await harness.pass(2100);
    expect(harness.ids('users')).toEqual([]);
  });

  it('extends leases once if a cleanup precedes the late sweep', async () => {
    const harness = await harnessWith('a');
    harness.clock.advance(30_000);
    expect(await harness.registry.cleanup()).toEqual([]);
    await harness.sweeper.tick();
    expect(harness.stalls).toHaveLength(1);
    await harness.pass(2000);
    expect(harness.ids('users')).toEqual([]);
  });

  it('returns the removed ids from a cleanup', async () => {
    const harness = await harnessWith('a', 'b');
    harness.clock.advance(900);
    await harness.sweeper.tick();
    harness.clock.advance(1000);
    await harness.registry.heartbeat('b', {});
    harness.clock.advance(100);
    expect(await harness.registry.cleanup()).toEqual(['a']);
    expect(harness.ids('users')).toEqual(['b']);
  });
});
