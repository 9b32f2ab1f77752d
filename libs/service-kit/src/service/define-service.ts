import type { DynamicModule } from '@nestjs/common';
import { HttpRegistry } from '#registry-client';
import type { AppContext, AppDefinition } from '../app/app-definition.js';
import { readServiceConfig, registrationOf, type ServiceConfig } from '../config/service-config.js';
import type { Migrations } from '../storage/migrate.js';
import { ServiceRootModule } from './service-root.module.js';

/** What tells one service from another. */
export interface ServiceDefinition {
  /** What clients call it by; also the name of its store. */
  readonly name: string;
  readonly version: string;
  /** The variable that holds its port, such as `USER_SERVICE_PORT`. */
  readonly portVariable: string;
  readonly defaultPort: number;
  readonly migrations: Migrations;
  /** Path prefixes, such as `/stock-reservations`, that the gateway serves to registered instances only. */
  readonly internalPaths?: readonly string[];
  /** The module of its features; the store, health, metrics and docs are there already. */
  module(config: ServiceConfig, context: AppContext): DynamicModule;
}

/** A service as an app to boot. */
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
        storage: { name, migrations, storage: config.storage },
        context,
        features: service.module(config, context),
      }),
    }),
  };
}
