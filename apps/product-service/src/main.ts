import { boot, run } from '#service-kit';
import { productService } from './product-service.app.js';

await run(async (env) => [await boot(productService, { env })]);
