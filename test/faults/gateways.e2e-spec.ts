import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '#testing';
import { Ledger } from '../support/fleet/ledger.js';
import { Load } from '../support/fleet/load.js';
import { lossesAt } from './support/losses.js';
import { Measured } from './support/measured.js';
import { onFleet, untilHealthy } from './support/on-fleet.js';

const READERS = 8;

onFleet('one of two gateways, under load', (fleet) => {
  const ledger = new Ledger();
  const measured = Measured.for('a gateway of two');

  /** Whether nginx logged a response of the first gateway after the first `skipped` lines. */
  const isAsked = (skipped: number): boolean => {
    const address = new URL(fleet().gateways[0]!.url).host;
    const lines = fleet().nginx.accessLog().slice(skipped);
    return lines.some(({ gateway, status }) => gateway === address && status === 200);
  };

  it('fails no read, and at most the writes in flight, when killed', async () => {
    const reads = Load.start(fleet().url, ledger.read, { clients: READERS, pauseMs: 20 });
    const writes = Load.start(fleet().url, ledger.write, { clients: 2, pauseMs: 40 });
    await waitFor('some traffic', () => reads.answered > 100);
    const victim = fleet().gateways[0]!;
    await victim.kill();
    const { answered } = reads;
    await waitFor('traffic on the other one', () => reads.answered > answered + 100);
    await victim.start();
    const lines = fleet().nginx.accessLog().length;
    await measured.time('kill -9: asked again, once it is ready', () =>
      waitFor('it to be asked', () => isAsked(lines)),
    );
    await measured.time('kill -9: knows every instance, once it is asked', () => untilHealthy(fleet(), 2));
    await Promise.all([reads.stop(), writes.stop()]);
    measured.note('kill -9: slowest read', reads.slowestMs);
    measured.count('kill -9: writes that failed', writes.failures.length);
    expect(reads.failures).toEqual([]);
    expect(writes.failures.length).toBeLessThanOrEqual(2);
    await ledger.check(fleet().url);
  });

  it('delays only the requests in flight when suspended, and drops no instance when it resumes', async () => {
    const reads = Load.start(fleet().url, ledger.read, { clients: READERS, pauseMs: 20 });
    await waitFor('some traffic', () => reads.answered > 100);
    const victim = fleet().gateways[0]!;
    victim.freeze();
    const { answered } = reads;
    await sleep(3000);
    measured.count('SIGSTOP of 3 s: reads answered meanwhile', reads.answered - answered);
    const stuck = reads.waitingFor(2000);
    measured.count('SIGSTOP of 3 s: reads that waited for it', stuck);
    // At most the number in flight on the other gateway, which also handles heartbeats of two services.
    expect(stuck).toBeLessThanOrEqual(READERS / 2 + 2);
    expect(reads.answered - answered).toBeGreaterThan(100);
    victim.thaw();
    await measured.time('SIGSTOP: knows every instance, once it goes on', () => untilHealthy(fleet(), 2));
    await reads.stop();
    expect(reads.failures).toEqual([]);
    expect(await lossesAt(victim.url)).toEqual([]);
    await ledger.check(fleet().url);
  });
});
