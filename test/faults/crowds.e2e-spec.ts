import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { DEFAULT_TTL_SECONDS } from '#contracts';
import { HttpRegistry, Registration } from '#registry-client';
import { ROOT, waitFor } from '#testing';
import { Ledger } from '../support/fleet/ledger.js';
import { Load } from '../support/fleet/load.js';
import type { Member } from '../support/fleet/member.js';
import { expiredLeasesAt } from './support/expired-leases.js';
import { Measurements } from './support/measurements.js';
import { onFleet, untilHealthy } from './support/on-fleet.js';

const AN_HOUR_MS = 3_600_000;
const CLOCK = pathToFileURL(join(ROOT, 'test/faults/support/shifted-clock.mjs')).href;

const clockOff = (ms: number) => ({ NODE_OPTIONS: `--import=${CLOCK}`, CLOCK_OFFSET_MS: String(ms) });

const silent = { info: () => undefined, warn: () => undefined };

const USERS = 'user-service';
const CROWD = 500;
const FLAPPING = 200;
const FLAPPING_MS = 4000;
// No process listens at the URL of these instances.
const metadata = { 'gateway.health-check.interval-ms': '0' };

onFleet(
  'gateways and services whose clocks differ by an hour',
  (fleet) => {
    const ledger = new Ledger();
    const measurements = Measurements.for('crowds, and clocks an hour off');
    let reads: Load;

    beforeEach(() => {
      reads = Load.start(fleet().url, ledger.read, { clients: 4, pauseMs: 20 });
    });

    afterEach(async () => {
      await reads.stop();
      measurements.recordDuration('slowest read meanwhile', reads.slowestMs);
      expect(reads.failures).toEqual([]);
      await untilHealthy(fleet(), 2);
    });

    const members = (service: string, count: number): Registration[] =>
      Array.from({ length: count }, (_, index) => {
        const registry = new HttpRegistry({ url: fleet().url });
        const body = { name: service, id: `${service}-${index}`, url: 'http://127.0.0.1:9', metadata };
        return Registration.start({ registry, body, logger: silent });
      });

    it(`handle ${CROWD} instances that register and unregister at once`, async () => {
      const since = performance.now();
      const crowd = members('crowd', CROWD);
      await untilHealthy(fleet(), CROWD, 'crowd');
      measurements.recordDuration(`${CROWD} at once: all known to both gateways`, performance.now() - since);
      await measurements.time(`${CROWD} at once: all removed from both gateways`, async () => {
        await Promise.all(crowd.map((registration) => registration.stop()));
        await untilHealthy(fleet(), 0, 'crowd');
      });
    });

    it(`track ${FLAPPING} instances that register and unregister repeatedly`, async () => {
      const until = performance.now() + FLAPPING_MS;
      let changes = 0;
      const registerRepeatedly = async (index: number): Promise<void> => {
        const registry = new HttpRegistry({ url: fleet().url });
        const body = { name: 'flapping', id: `flapping-${index}`, url: 'http://127.0.0.1:9', metadata };
        for (; performance.now() < until; changes += 2) {
          await registry.register(body);
          await sleep(100 + (index % 50));
          await registry.unregister(body.id);
          await sleep(100);
        }
        // Every second instance stays registered.
        if (index % 2 === 0) await registry.register(body);
      };
      await Promise.all(Array.from({ length: FLAPPING }, (_, index) => registerRepeatedly(index)));
      measurements.recordCount(`${FLAPPING} flapping for ${FLAPPING_MS / 1000} s: changes`, changes);
      await measurements.time('flapping: both gateways list the same instances, after the last change', () =>
        untilHealthy(fleet(), FLAPPING / 2, 'flapping'),
      );
    });

    it('grant leases of the same length, and expire none early', async () => {
      const [first, second] = fleet().gateways.map(({ url }) => new HttpRegistry({ url }));
      const before = await first!.instances(USERS);
      expect(before).toHaveLength(2);
      await waitFor('every lease to be renewed', async () => {
        const now = await second!.instances(USERS);
        return now.every(
          ({ id, expiresAt }) => expiresAt > before.find((known) => known.id === id)!.expiresAt,
        );
      });
      const now = await second!.instances(USERS);
      for (const { expiresAt } of now) {
        const leftMs = Date.parse(expiresAt) - Date.now();
        expect(leftMs).toBeGreaterThan((DEFAULT_TTL_SECONDS / 2) * 1000);
        expect(leftMs).toBeLessThanOrEqual(DEFAULT_TTL_SECONDS * 1000);
      }
      for (const { url } of fleet().gateways) expect(await expiredLeasesAt(url)).toEqual([]);
      // No service had to register again.
      expect(now.map(({ registeredAt }) => registeredAt)).toEqual(
        before.map(({ registeredAt }) => registeredAt),
      );
    });

    it('run with shifted clocks', () => {
      const isOff = ({ clock }: Member, ms: number): boolean =>
        Math.abs(clock.getTime() - Date.now() - ms) < 60_000;
      const [accurate, ahead] = fleet().gateways as [Member, Member];
      const [behind, aheadToo] = fleet().services as [Member, Member];
      expect([isOff(accurate, 0), isOff(ahead, AN_HOUR_MS)]).toEqual([true, true]);
      expect([isOff(behind, -AN_HOUR_MS), isOff(aheadToo, AN_HOUR_MS)]).toEqual([true, true]);
    });
  },
  {
    gatewayEnv: (index) => (index === 0 ? {} : clockOff(AN_HOUR_MS)),
    serviceEnv: (index) => clockOff(index === 0 ? -AN_HOUR_MS : AN_HOUR_MS),
  },
);
