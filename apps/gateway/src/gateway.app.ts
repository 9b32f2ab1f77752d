import { HttpRegistry } from '#registry-client';
import type { AppDefinition, Env } from '#service-kit';
import { readGatewayConfig, type GatewayConfig } from './config/gateway.config.js';
import { GatewayModule } from './gateway.module.js';
import { LivePolicyFile } from './policy/index.js';
import { FrontServer } from './proxy/index.js';

/** @throws ConfigError that names every invalid variable or every problem of the policy file */
function readConfig(env: Env): GatewayConfig {
  const config = readGatewayConfig(env);
  if (config.policyFile !== undefined) LivePolicyFile.load(config.policyFile);
  return config;
}

/** The gateway as an app. `main.ts` boots it alone; the monolith boots it beside the services. */
export const gateway: AppDefinition<GatewayConfig> = {
  name: 'gateway',
  readConfig,
  listenAddress: ({ host, port }) => ({ host, port }),
  registry: ({ port, adminPort = port }) => new HttpRegistry({ url: `http://127.0.0.1:${adminPort}` }),
  build: (config, context) => {
    const front = new FrontServer({ hasAdmin: config.adminPort !== undefined });
    return { module: GatewayModule.of(config, context, front), serverFactory: front.factory };
  },
};
