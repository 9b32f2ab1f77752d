import { boot, run } from '#service-kit';
import { sampleItemService } from './sample-item-service.app.js';

await run(async (env) => [await boot(sampleItemService, { env })]);
