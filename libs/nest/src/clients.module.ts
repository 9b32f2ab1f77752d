import { Global, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { GatewayClient, type GatewayClientOptions } from '#registry-client';
import { serviceClients } from './inject-service.js';
import { gatewayOf, MSA_OPTIONS, type MsaModuleSettings } from './options.js';

/** Clients of the gateway and of other services, for every module of the app. */
@Global()
@Module({
  providers: serviceClients,
  exports: serviceClients,
})
export class ClientsModule implements OnApplicationShutdown {
  constructor(private readonly gateway: GatewayClient) {}

  /** The last hook: requests that were in flight may have called other services. */
  async onApplicationShutdown(): Promise<void> {
    await this.gateway.close();
  }
}

const logger = new Logger('MsaModule');

const NEST_LOGGER: GatewayClientOptions['logger'] = {
  info: (_details, message) => logger.log(message),
  warn: (details, message) => logger.warn(`${message}: ${reasonOf(details)}`),
};

/** `fetch` names the reason of a failure in its cause. */
function reasonOf(details: { readonly err?: unknown }): string {
  const { err } = details;
  if (!(err instanceof Error)) return JSON.stringify(details);
  return String(err.cause instanceof Error ? err.cause : err);
}

export const gatewayClient = {
  provide: GatewayClient,
  useFactory: (options: MsaModuleSettings) =>
    new GatewayClient({ logger: NEST_LOGGER, ...gatewayOf(options) }),
  inject: [MSA_OPTIONS],
};
