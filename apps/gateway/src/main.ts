import { boot, run } from '#service-kit';
import { gateway } from './gateway.app.js';

await run(async (env) => [await boot(gateway, { env })]);
