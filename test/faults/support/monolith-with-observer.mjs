/** The monolith with the observer of events as one more service of its process. `OBSERVER_DATA_DIR`: the store of the observer. */
import { gateway, localRegistryOf } from '#apps/gateway';
import { orderService } from '#apps/order-service';
import { productService } from '#apps/product-service';
import { userService } from '#apps/user-service';
import { boot, InProcessTransport, run } from '#service-kit';
import { observer } from './observer-service.mjs';

await run(async (env) => {
  const gatewayApp = await boot(gateway, { env });
  const events = new InProcessTransport();
  const observerEnv = { ...env, DATABASE_URL: '', DATA_DIR: env.OBSERVER_DATA_DIR };
  const options = { registry: localRegistryOf(gatewayApp), events, host: '127.0.0.1', exposesProcess: false };
  const services = [];
  for (const service of [orderService, userService, productService, observer])
    services.push(await boot(service, { ...options, env: service === observer ? observerEnv : env }));
  events.begin();
  return [gatewayApp, ...services];
});
