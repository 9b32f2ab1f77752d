import { HttpRegistry } from '#registry-client';
import type { AppDefinition } from '#service-kit';
import { readGatewayConfig, type GatewayConfig } from './config/gateway.config.js';
import { GatewayModule } from './gateway.module.js';
import { FrontServer } from './proxy/index.js';

/** The gateway as an app. `main.ts` boots it alone; the monolith boots it beside the services. */
export const gateway: AppDefinition<GatewayConfig> = {
  name: 'gateway',
  readConfig: readGatewayConfig,
  listenAddress: ({ host, port }) => ({ host, port }),
  registry: ({ port }) => new HttpRegistry({ url: `http://127.0.0.1:${port}` }),
  build: (config, context) => {
    const front = new FrontServer();
    return { module: GatewayModule.of(config, context, front), serverFactory: front.factory };
  },
};
