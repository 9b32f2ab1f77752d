/** The observer of events in a process of its own. */
import { boot, run } from '#service-kit';
import { observer } from './observer-service.mjs';

await run(async (env) => [await boot(observer, { env })]);
