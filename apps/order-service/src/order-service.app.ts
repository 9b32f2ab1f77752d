import { HttpRegistry } from '#registry-client';
import { readServiceConfig, registrationOf, type AppDefinition, type ServiceConfig } from '#service-kit';
import { OrderServiceModule } from './order-service.module.js';

/** The order service, as `main.ts` boots it alone and the monolith beside the others. */
export const orderService: AppDefinition<ServiceConfig> = {
  name: 'order-service',
  readConfig: (env) => readServiceConfig(env, 'ORDER_SERVICE_PORT', 8002),
  listenAddress: ({ host, port }) => ({ host, port }),
  registration: (config, url) => registrationOf('order-service', '1.0.0', config, url),
  registry: ({ registry }) => new HttpRegistry(registry),
  build: (config, context) => ({ module: OrderServiceModule.of(config, context) }),
};
