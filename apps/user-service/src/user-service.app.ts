import { HttpRegistry } from '#registry-client';
import { readServiceConfig, registrationOf, type AppDefinition, type ServiceConfig } from '#service-kit';
import { UserServiceModule } from './user-service.module.js';

/** The user service, as `main.ts` boots it alone and the monolith beside the others. */
export const userService: AppDefinition<ServiceConfig> = {
  name: 'user-service',
  readConfig: (env) => readServiceConfig(env, 'USER_SERVICE_PORT', 8001),
  listenAddress: ({ host, port }) => ({ host, port }),
  registration: (config, url) => registrationOf('user-service', '1.0.0', config, url),
  registry: ({ registry }) => new HttpRegistry(registry),
  build: (config, context) => ({ module: UserServiceModule.of(config, context) }),
};
