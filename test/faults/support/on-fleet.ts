import { onPostgres, onPrograms, waitFor } from '#testing';
import { Fleet, type FleetOptions } from '../../support/fleet/fleet.js';
import { healthyAt } from '../../support/fleet/healthy-instances.js';

/** Runs a suite on a fleet: by default two gateways, and two instances of the user service on PostgreSQL. */
export function onFleet(
  subject: string,
  suite: (fleet: () => Fleet) => void,
  options: Partial<FleetOptions> = {},
): void {
  onPrograms(['nginx', 'redis-server'], subject, () =>
    onPostgres(subject, (postgres) => {
      let fleet: Fleet | undefined;
      beforeAll(async () => {
        const DATABASE_URL = await postgres().createDatabase();
        const env = { DATABASE_URL, ...options.env };
        fleet = await Fleet.start({ gateways: 2, services: { 'user-service': 2 }, ...options, env });
      });
      afterAll(() => fleet?.stop(), 60_000);
      suite(() => fleet!);
    }),
  );
}

/** Waits until every gateway has exactly `count` instances of `service` in rotation. */
export const untilHealthy = (fleet: Fleet, count: number, service = 'user-service'): Promise<boolean> =>
  waitFor(
    `${count} of ${service} on every gateway`,
    async () => {
      const counts = await Promise.all(fleet.gateways.map(({ url }) => healthyAt(url, service)));
      return counts.every((healthy) => healthy === count);
    },
    30_000,
  );
