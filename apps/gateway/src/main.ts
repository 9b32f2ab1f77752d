import { announceReady, boot, run } from '#service-kit';
import { gateway } from './gateway.app.js';
import { entranceOf } from './running-gateway.js';

await run(
  async (env) => [await boot(gateway, { env })],
  ([app]) => announceReady(app.logger, { name: app.name, ...entranceOf(app) }),
);
