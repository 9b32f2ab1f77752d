import { launchNode, onPostgres, onPrograms } from '#testing';
import { Fleet } from '../support/fleet/fleet.js';

onPrograms(['nginx', 'redis-server'], 'nginx, two gateways on one Redis, and services', () => {
  onPostgres('the contract behind nginx', (postgres) => {
    it('is satisfied row by row', async () => {
      const DATABASE_URL = await postgres().createDatabase();
      const services = { 'user-service': 2, 'order-service': 1, 'product-service': 1 };
      const fleet = await Fleet.start({ gateways: 2, services, env: { DATABASE_URL } });
      const smoke = launchNode('scripts/smoke.mjs', [fleet.url]);
      await smoke.exited;
      expect(smoke.stdout).toMatch(/\n\d+ passed, 0 failed in [\d.]+ s\n$/);
      await fleet.stop();
    }, 120_000);
  });
});
