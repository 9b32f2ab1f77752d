import type { DynamicModule, INestApplication } from '@nestjs/common';
import { HttpRegistry } from '#registry-client';
import type { AppContext, AppDefinition } from '../app/app-definition.js';
import { readServiceConfig, registrationOf, type ServiceConfig } from '../config/service-config.js';
import { RedisStreamTransport } from '../events/redis/redis-stream-transport.js';
import { InProcessTransport } from '../events/transport/in-process-transport.js';
import { LiveStreams } from '../events/live/live-streams.js';
import { EventServer } from '../events/consumer/event-server.js';
import type { EventTransport } from '../events/transport/event-transport.js';
import type { StoredValues } from '../docs/stored-values.js';
import type { Logger } from '../logging/logger.js';
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
  /** Whether the service publishes or handles events. The kit then creates the tables for them in its store. */
  readonly hasEvents?: boolean;
  /**
   * Path prefixes, such as `/stock-reservations`, for which the gateway forwards requests from registered instances
   * only.
   */
  readonly internalPaths?: readonly string[];
  /**
   * Values of stored items for the examples of the document, such as an id for {@link idFrom}. Not called in production:
   * the document is public there.
   */
  readonly examples?: (nest: INestApplication) => Promise<StoredValues>;
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
    registration: (config, url) => registrationOf({ ...service, ...internalPathsOf(service) }, config, url),
    registry: ({ registry }) => new HttpRegistry(registry),
    ...(service.hasEvents && { events: openTransport }),
    build: (config, context) => ({
      ...(service.hasEvents && { connect: connectEvents, endStreams }),
      module: ServiceRootModule.of({
        info: { title: name, version },
        storage: { name, migrations, storage: config.storage, calls: context.report.calls },
        context,
        features: service.module(config, context),
        ...(config.environment !== 'production' && service.examples && { examples: service.examples }),
      }),
    }),
  };
}

/** Dead letters are for operators, who reach the service directly. */
function internalPathsOf({
  internalPaths = [],
  hasEvents,
}: ServiceDefinition): Pick<ServiceDefinition, 'internalPaths'> {
  const all = hasEvents ? [...internalPaths, '/events'] : internalPaths;
  return all.length > 0 ? { internalPaths: all } : {};
}

const UNREACHED = 'REDIS_URL is not set: events reach handlers of this service only';

/** A service without Redis serves its clients and keeps its events for seven days, so that production is not refused. */
function openTransport({ redis, environment }: ServiceConfig, logger: Logger): EventTransport {
  if (redis) return RedisStreamTransport.open(redis, logger);
  if (environment !== 'production') {
    logger.info(`${UNREACHED}; others miss them`);
    return new InProcessTransport('service');
  }
  logger.warn(
    `${UNREACHED}. What other services derive from them stays out of date, and this service misses theirs. Set REDIS_URL ` +
      'for all services: the events of the last seven days are then sent',
  );
  return new InProcessTransport('service', `${UNREACHED}; other services miss them`);
}

const connectEvents = (nest: INestApplication): void =>
  void nest.connectMicroservice({ strategy: nest.get(EventServer, { strict: false }) });

const endStreams = (nest: INestApplication): void => nest.get(LiveStreams, { strict: false }).close();
