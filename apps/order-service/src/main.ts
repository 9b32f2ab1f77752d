import { boot, run } from '#service-kit';
import { orderService } from './order-service.app.js';

await run(async (env) => [await boot(orderService, { env })]);
