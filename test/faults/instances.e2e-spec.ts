import { waitFor } from '#testing';
import { Ledger } from '../support/fleet/ledger.js';
import { Load } from '../support/fleet/load.js';
import { expiredLeasesAt } from './support/expired-leases.js';
import { Measurements } from './support/measurements.js';
import { onFleet, untilHealthy } from './support/on-fleet.js';
import { RegistryRecord } from './support/registry-record.js';

onFleet('one of two instances, under load', (fleet) => {
  const ledger = new Ledger();
  const measurements = Measurements.for('an instance of two');
  const record = new RegistryRecord(fleet);

  afterEach(async () => {
    expect(await record.check()).toBeGreaterThan(2);
  });

  it('fails no read, and at most the writes in flight, when killed', async () => {
    const reads = Load.start(fleet().url, ledger.read, { clients: 8, pauseMs: 20 });
    const writes = Load.start(fleet().url, ledger.write, { clients: 2, pauseMs: 40 });
    await waitFor('the first responses', () => reads.completed > 100);
    const victim = fleet().services[0]!;
    await measurements.time('kill -9: out of rotation on both gateways', async () => {
      await victim.kill();
      await untilHealthy(fleet(), 1);
    });
    await record.capture();
    await victim.start();
    await measurements.time('kill -9: back in rotation, once it is ready', () => untilHealthy(fleet(), 2));
    await Promise.all([reads.stop(), writes.stop()]);
    measurements.recordDuration('kill -9: slowest read', reads.slowestMs);
    measurements.recordCount('kill -9: writes that failed', writes.failures.length);
    expect(reads.failures).toEqual([]);
    expect(writes.failures.length).toBeLessThanOrEqual(2);
    await ledger.check(fleet().url);
  });

  it('fails no read when suspended, and is out of rotation until it resumes', async () => {
    const reads = Load.start(fleet().url, ledger.read, { clients: 8, pauseMs: 20, timeoutMs: 25_000 });
    await waitFor('the first responses', () => reads.completed > 100);
    const victim = fleet().services[0]!;
    victim.suspend();
    const untilOut = () => untilHealthy(fleet(), 1);
    const before = await expiredLeasesAt(fleet().url);
    await measurements.time('SIGSTOP: out of rotation on both gateways', untilOut);
    // The instance was taken out of rotation although its lease had not expired.
    expect(await expiredLeasesAt(fleet().url)).toEqual(before);
    await record.capture();
    victim.resume();
    await measurements.time('SIGSTOP: back in rotation', () => untilHealthy(fleet(), 2));
    await reads.stop();
    measurements.recordDuration('SIGSTOP: slowest read', reads.slowestMs);
    expect(reads.failures).toEqual([]);
    await ledger.check(fleet().url);
  });
});
