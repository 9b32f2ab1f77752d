import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import type { AppContext } from '#service-kit';
import type { GatewayConfig } from '../gateway.config.js';
import { RegistryAccess } from './access/registry-access.js';
import { Clock, SystemClock } from './clock.js';
import { DiscoveryTimer } from './discovery-timer.js';
import { InstancesController } from './http/instances.controller.js';
import { RegistrationController } from './http/registration.controller.js';
import { ServicesController } from './http/services.controller.js';
import { LeaseSweeper, SWEEP_EVERY_MS } from './leases/lease-sweeper.js';
import { LocalRegistry } from './local-registry.js';
import { LocalTargets } from './local-targets.js';
import { DEFAULT_LIMITS } from './registry-limits.js';
import { RegistryService, type RegistryParts } from './registry.service.js';
import { LiveServiceTable } from './service-table.js';
import { MemoryStore } from './store/memory.store.js';
import { RegistryStore } from './store/registry-store.js';
import { TableKeeper } from './table-keeper.js';

/** Who holds instances: the registry's API, leases, probes and the service table. */
@Module({})
export class DiscoveryModule {
  static of(config: GatewayConfig, context: AppContext): DynamicModule {
    return {
      module: DiscoveryModule,
      controllers: [RegistrationController, InstancesController, ServicesController],
      providers: [
        ...core,
        { provide: RegistryAccess, useValue: new RegistryAccess(config.registryToken) },
        ...leases(context),
      ],
      exports: [LiveServiceTable, RegistryService, LocalRegistry],
    };
  }
}

const core: Provider[] = [
  LiveServiceTable,
  { provide: Clock, useClass: SystemClock },
  { provide: RegistryStore, useClass: MemoryStore },
  {
    provide: LocalTargets,
    useFactory: (store: RegistryStore) => new LocalTargets(store),
    inject: [RegistryStore],
  },
  {
    provide: TableKeeper,
    useFactory: (table: LiveServiceTable, targets: LocalTargets, store: RegistryStore) =>
      new TableKeeper(table, targets, store),
    inject: [LiveServiceTable, LocalTargets, RegistryStore],
  },
  {
    provide: RegistryService,
    useFactory: (
      store: RegistryStore,
      keeper: TableKeeper,
      targets: LocalTargets,
      sweeper: LeaseSweeper,
      clock: Clock,
    ) =>
      new RegistryService({
        store,
        keeper,
        targets,
        sweeper,
        clock,
        limits: DEFAULT_LIMITS,
      } satisfies RegistryParts),
    inject: [RegistryStore, TableKeeper, LocalTargets, LeaseSweeper, Clock],
  },
  {
    provide: LocalRegistry,
    useFactory: (registry: RegistryService) => new LocalRegistry(registry),
    inject: [RegistryService],
  },
];

const leases = ({ logger }: AppContext): Provider[] => [
  {
    provide: LeaseSweeper,
    useFactory: (store: RegistryStore, clock: Clock) =>
      new LeaseSweeper(store, clock, (lostMs) =>
        logger.warn({ lostMs }, 'the gateway stood still or its clock was set; leases move along'),
      ),
    inject: [RegistryStore, Clock],
  },
  {
    provide: DiscoveryTimer,
    useFactory: (sweeper: LeaseSweeper) =>
      new DiscoveryTimer(SWEEP_EVERY_MS, [sweeper], (err) =>
        logger.error({ err }, 'discovery missed a turn'),
      ),
    inject: [LeaseSweeper],
  },
];
