import { DiscoveryHarness } from '../testing/discovery-harness.js';

const url = 'http://127.0.0.1:9001';

async function harnessWithTwo(): Promise<DiscoveryHarness> {
  const harness = new DiscoveryHarness();
  for (const id of ['a', 'b']) await harness.registry.register({ name: 'users', url, id, ttlSeconds: 2 });
  return harness;
}

describe('TrafficHeartbeats', () => {
  it('keeps an instance that responds but sends no heartbeats', async () => {
    const harness = await harnessWithTwo();
    for (let i = 0; i < 5; i++) {
      harness.instance('a').load.hasResponded = true;
      await harness.pass(1000);
    }
    expect(harness.ids('users')).toEqual(['a']);
    await harness.pass(2000);
    expect(harness.ids('users')).toEqual([]);
  });

  it('counts a response once, and changes neither the last heartbeat nor the report', async () => {
    const harness = await harnessWithTwo();
    await harness.registry.heartbeat('a', { inFlight: 3 });
    const before = await harness.registry.find('a');
    harness.instance('a').load.hasResponded = true;
    await harness.pass(1000);
    const after = await harness.registry.find('a');
    expect(after).toEqual({ ...before, expiresAt: '2026-01-01T00:00:03.000Z' });
    expect(harness.instance('a').load.hasResponded).toBe(false);
  });

  it('does not restore an instance that has left', async () => {
    const harness = await harnessWithTwo();
    const { load } = harness.instance('a');
    await harness.registry.unregister('a');
    load.hasResponded = true;
    await harness.store.renewLeases(['a']);
    await harness.pass(1000);
    expect(harness.ids('users')).toEqual(['b']);
  });
});
