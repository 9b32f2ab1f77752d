import type { PolicyFile } from '#contracts';
import { HttpRegistry } from '#registry-client';
import { ConfigError, type AppDefinition } from '#service-kit';
import { readGatewayConfig, type GatewayConfig } from './config/gateway.config.js';
import { GatewayModule } from './gateway.module.js';
import { documentAt, documentOf, LivePolicyFile, validatorsOf } from './policy/index.js';
import { checkFactories, FrontServer, type StageFactory } from './proxy/index.js';

/**
 * The gateway as an app.
 * @param policies stand in for a policy file, or are the path of one
 * @param stages those that the program adds
 */
export function gatewayApp(
  policies?: PolicyFile | string,
  stages: readonly StageFactory[] = [],
): AppDefinition<GatewayConfig> {
  /** @throws ConfigError with every problem of the policies */
  const load = ({ policyFile }: GatewayConfig): LivePolicyFile | undefined => {
    const validators = validatorsOf(stages);
    if (policyFile !== undefined) return LivePolicyFile.loadDocument(documentAt(policyFile, validators));
    return typeof policies === 'object'
      ? LivePolicyFile.loadDocument(documentOf(policies, validators))
      : undefined;
  };
  /** @throws ConfigError if a variable names a policy file as well */
  const withPolicyFile = (config: GatewayConfig): GatewayConfig => {
    if (policies !== undefined && config.policyFile !== undefined)
      throw new ConfigError(['policies must not be set together with GATEWAY_CONFIG']);
    return typeof policies === 'string' ? Object.freeze({ ...config, policyFile: policies }) : config;
  };
  return {
    name: 'gateway',
    /** @throws ConfigError that names every invalid variable, or every problem of the stages or of the policies */
    readConfig: (env) => {
      checkFactories(stages);
      const config = withPolicyFile(readGatewayConfig(env));
      load(config);
      return config;
    },
    listenAddress: ({ host, port }) => ({ host, port }),
    registry: ({ port, adminPort = port }) => new HttpRegistry({ url: `http://127.0.0.1:${adminPort}` }),
    build: (config, context) => {
      const front = new FrontServer({ hasAdmin: config.adminPort !== undefined });
      return {
        module: GatewayModule.of(config, context, front, load(config), stages),
        serverFactory: front.factory,
      };
    },
  };
}

/** The gateway with the policies of its environment. `main.ts` boots it alone; the monolith boots it beside the services. */
export const gateway = gatewayApp();
