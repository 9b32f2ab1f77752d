import { defineService } from '#service-kit';
import { ExampleIds } from './orders/example-ids.js';
import { OrderServiceModule } from './order-service.module.js';
import { migrations } from './store/orders.schema.js';

/** The order service; booted alone by `main.ts`, or next to the other apps by the monolith. */
export const orderService = defineService({
  name: 'order-service',
  version: '1.0.0',
  portVariable: 'ORDER_SERVICE_PORT',
  defaultPort: 8002,
  migrations,
  hasEvents: true,
  examples: (nest) => nest.get(ExampleIds, { strict: false }).read(),
  module: (_config, context) => OrderServiceModule.of(context),
});
