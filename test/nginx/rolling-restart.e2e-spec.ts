import { onPrograms } from '#testing';
import { Fleet } from '../support/fleet/fleet.js';
import { Ledger } from '../support/fleet/ledger.js';
import { Load } from '../support/fleet/load.js';
import type { Member } from '../support/fleet/member.js';

async function restart(member: Member): Promise<void> {
  expect(await member.stop()).toEqual({ code: 0, signal: null });
  await member.start();
}

onPrograms(['nginx', 'redis-server'], 'a rolling restart of gateways and services, under load', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await Fleet.start({
      gateways: 2,
      services: { 'user-service': 2 },
      // The default of gateways and services; other tests disable the delay.
      env: { SHUTDOWN_DELAY_SECONDS: '3' },
    });
  });
  afterAll(() => fleet.stop(), 30_000);

  it('fails no request, not even a POST', async () => {
    const ledger = new Ledger();
    const reads = Load.start(fleet.url, ledger.read, { clients: 8, pauseMs: 5 });
    const writes = Load.start(fleet.url, ledger.write, { clients: 4, pauseMs: 20 });
    for (const [i, gateway] of fleet.gateways.entries()) {
      await Promise.all([gateway, fleet.services[i]!].map(restart));
      await fleet.untilComplete();
    }
    await reads.stop();
    await writes.stop();
    expect([...reads.failures, ...writes.failures]).toEqual([]);
    expect(await ledger.check(fleet.url)).toBe(writes.completed);
    expect(reads.completed).toBeGreaterThan(1000);
  }, 90_000);
});
