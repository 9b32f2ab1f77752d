import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { HttpRegistry, Registration } from '#registry-client';
import { ROOT, waitFor } from '#testing';
import { Ledger } from '../support/fleet/ledger.js';
import { Load } from '../support/fleet/load.js';
import { Measured } from './support/measured.js';
import { onFleet, untilHealthy } from './support/on-fleet.js';

const AN_HOUR_MS = 3_600_000;
const CLOCK = pathToFileURL(join(ROOT, 'test/faults/support/shifted-clock.mjs')).href;

const clockOff = (ms: number) => ({ NODE_OPTIONS: `--import=${CLOCK}`, CLOCK_OFFSET_MS: String(ms) });

const silent = { info: () => undefined, warn: () => undefined };

const CROWD = 500;
const FLAPPING = 200;
const FLAPPING_MS = 4000;

onFleet(
  'gateways whose clocks differ by an hour, and services whose clocks are off, too',
  (fleet) => {
    const ledger = new Ledger();
    const measured = Measured.for('crowds, and clocks an hour off');
    let reads: Load;

    beforeEach(() => {
      reads = Load.start(fleet().url, ledger.read, { clients: 4, pauseMs: 20 });
    });

    afterEach(async () => {
      await reads.stop();
      measured.note('slowest read meanwhile', reads.slowestMs);
      expect(reads.failures).toEqual([]);
      await untilHealthy(fleet(), 2);
    }, 40_000);

    const members = (service: string, count: number): Registration[] =>
      Array.from({ length: count }, (_, index) => {
        const registry = new HttpRegistry({ url: fleet().url });
        const body = { name: service, id: `${service}-${index}`, url: 'http://127.0.0.1:9' };
        return Registration.start({ registry, body, logger: silent });
      });

    it(`take ${CROWD} instances that register at once, and let them go`, async () => {
      const since = performance.now();
      const crowd = members('crowd', CROWD);
      await untilHealthy(fleet(), CROWD, 'crowd');
      measured.note(`${CROWD} at once: all known to both gateways`, performance.now() - since);
      await measured.time(`${CROWD} at once: all gone from both gateways`, async () => {
        await Promise.all(crowd.map((registration) => registration.stop()));
        await untilHealthy(fleet(), 0, 'crowd');
      });
    }, 60_000);

    it(`follow ${FLAPPING} instances that come and go`, async () => {
      const until = performance.now() + FLAPPING_MS;
      let changes = 0;
      const flap = async (index: number): Promise<void> => {
        const registry = new HttpRegistry({ url: fleet().url });
        const body = { name: 'flapping', id: `flapping-${index}`, url: 'http://127.0.0.1:9' };
        for (; performance.now() < until; changes += 2) {
          await registry.register(body);
          await sleep(100 + (index % 50));
          await registry.unregister(body.id);
          await sleep(100);
        }
        // Every other one stays.
        if (index % 2 === 0) await registry.register(body);
      };
      await Promise.all(Array.from({ length: FLAPPING }, (_, index) => flap(index)));
      measured.count(`${FLAPPING} flapping for ${FLAPPING_MS / 1000} s: changes`, changes);
      await measured.time('flapping: both gateways know who is there, after the last change', () =>
        untilHealthy(fleet(), FLAPPING / 2, 'flapping'),
      );
    }, 60_000);

    it('give leases of one length to everyone, and end none of them early', async () => {
      // Long enough for every lease to have run out, had nobody renewed it.
      const registries = fleet().gateways.map(({ url }) => new HttpRegistry({ url }));
      const before = await registries[0]!.instances('user-service');
      await waitFor(
        'every lease to be renewed',
        async () => {
          const now = await registries[1]!.instances('user-service');
          return now.every(({ id, expiresAt }) => before.some((b) => b.id === id && b.expiresAt < expiresAt));
        },
        20_000,
      );
      const now = (await registries[1]!.instances('user-service')).map((instance) => ({
        leftMs: Date.parse(instance.expiresAt) - Date.now(),
        registeredAt: instance.registeredAt,
      }));
      expect(now).toHaveLength(2);
      for (const { leftMs } of now) expect(leftMs).toBeGreaterThan(5_000);
      for (const { leftMs } of now) expect(leftMs).toBeLessThanOrEqual(15_500);
      expect(now.map(({ registeredAt }) => registeredAt).sort()).toEqual(
        before.map(({ registeredAt }) => registeredAt).sort(),
      );
    }, 60_000);
  },
  {
    gatewayEnv: (index) => (index === 0 ? {} : clockOff(AN_HOUR_MS)),
    serviceEnv: (index) => clockOff(index === 0 ? -AN_HOUR_MS : AN_HOUR_MS),
  },
);
