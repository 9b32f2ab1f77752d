import { boot, run } from '#service-kit';
import { userService } from './user-service.app.js';

await run(async (env) => [await boot(userService, { env })]);
