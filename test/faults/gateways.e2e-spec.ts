import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '#testing';
import { Ledger } from '../support/fleet/ledger.js';
import { Load } from '../support/fleet/load.js';
import { expiredLeasesAt } from './support/expired-leases.js';
import { Measurements } from './support/measurements.js';
import { onFleet, untilHealthy } from './support/on-fleet.js';
import { RegistryRecord } from './support/registry-record.js';

const READERS = 8;

onFleet('one of two gateways, under load', (fleet) => {
  const ledger = new Ledger();
  const measurements = Measurements.for('a gateway of two');
  const record = new RegistryRecord(fleet);

  beforeEach(() => record.capture());
  afterEach(async () => {
    expect(await record.check()).toBeGreaterThan(4);
  });

  /** Whether nginx logged a response of the first gateway after the first `skipped` lines. */
  const receivesRequests = (skipped: number): boolean => {
    const address = new URL(fleet().gateways[0]!.url).host;
    const lines = fleet().nginx.accessLog().slice(skipped);
    return lines.some(({ gateway, status }) => gateway === address && status === 200);
  };

  it('fails no read, and at most the writes in flight, when killed', async () => {
    const reads = Load.start(fleet().url, ledger.read, { clients: READERS, pauseMs: 20 });
    const writes = Load.start(fleet().url, ledger.write, { clients: 2, pauseMs: 40 });
    await waitFor('the first responses', () => reads.completed > 100);
    const victim = fleet().gateways[0]!;
    await victim.kill();
    await record.capture([fleet().gateways[1]!]);
    const before = reads.completed;
    await waitFor('responses from the other gateway', () => reads.completed > before + 100);
    await victim.start();
    const lines = fleet().nginx.accessLog().length;
    await measurements.time('kill -9: back in use, once it is ready', () =>
      waitFor('the gateway to receive requests', () => receivesRequests(lines)),
    );
    await measurements.time('kill -9: every instance known, once it is in use', () =>
      untilHealthy(fleet(), 2),
    );
    await Promise.all([reads.stop(), writes.stop()]);
    measurements.recordDuration('kill -9: slowest read', reads.slowestMs);
    measurements.recordCount('kill -9: writes that failed', writes.failures.length);
    expect(reads.failures).toEqual([]);
    expect(writes.failures.length).toBeLessThanOrEqual(2);
    await ledger.check(fleet().url);
  });

  it('delays only the requests in flight when suspended, and drops no instance when it resumes', async () => {
    const reads = Load.start(fleet().url, ledger.read, { clients: READERS, pauseMs: 20 });
    await waitFor('the first responses', () => reads.completed > 100);
    const victim = fleet().gateways[0]!;
    victim.suspend();
    await record.capture([fleet().gateways[1]!]);
    const before = reads.completed;
    await sleep(3000);
    measurements.recordCount('SIGSTOP of 3 s: responses meanwhile', reads.completed - before);
    const stuck = reads.waitingFor(2000);
    measurements.recordCount('SIGSTOP of 3 s: reads that waited for this gateway', stuck);
    // At most the number in flight on the other gateway, which also handles heartbeats of two services.
    expect(stuck).toBeLessThanOrEqual(READERS / 2 + 2);
    expect(reads.completed - before).toBeGreaterThan(100);
    victim.resume();
    await measurements.time('SIGSTOP: every instance known, once it resumes', () => untilHealthy(fleet(), 2));
    await reads.stop();
    expect(reads.failures).toEqual([]);
    expect(await expiredLeasesAt(victim.url)).toEqual([]);
    await ledger.check(fleet().url);
  });
});
