import type { DynamicModule } from '@nestjs/common';
import { HttpRegistry } from '#registry-client';
import type { AppContext, AppDefinition } from '../app/app-definition.js';
import { readServiceConfig, registrationOf, type ServiceConfig } from '../config/service-config.js';
import type { Migrations } from '../storage/migrate.js';
import { ServiceRootModule } from './service-root.module.js';

/** Properties of one service. */
export interface ServiceDefinition {
  /** Name in the registry and in the URLs of the gateway; also the name of its store. */
  readonly name: string;
  readonly version: string;
  /** Name of its port variable, such as `USER_SERVICE_PORT`. */
  readonly portVariable: string;
  readonly defaultPort: number;
  readonly migrations: Migrations;
  /**
   * Path prefixes, such as `/stock-reservations`, for which the gateway forwards requests from registered instances
   * only.
   */
  readonly internalPaths?: readonly string[];
  /** The module of its features; store, health, metrics and docs are added to it. */
  module(config: ServiceConfig, context: AppContext): DynamicModule;
}

/** Creates the app of a service. */
export function defineService(service: ServiceDefinition): AppDefinition<ServiceConfig> {
  const { name, version, migrations } = service;
  return {
    name,
    readConfig: (env) => readServiceConfig(env, service.portVariable, service.defaultPort),
    listenAddress: ({ host, port }) => ({ host, port }),
    registration: (config, url) => registrationOf(service, config, url),
    registry: ({ registry }) => new HttpRegistry(registry),
    build: (config, context) => ({
      module: ServiceRootModule.of({
        info: { title: name, version },
        storage: { name, migrations, storage: config.storage, calls: context.report.calls },
        context,
        features: service.module(config, context),
      }),
    }),
  };
}
