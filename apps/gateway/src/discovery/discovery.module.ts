import { Module, type DynamicModule } from '@nestjs/common';
import { unconditional, type AppContext } from '#service-kit';
import type { GatewayConfig } from '../config/gateway.config.js';
import { AuditLog } from './access/audit-log.js';
import { InstanceTokens } from './access/instance-tokens.js';
import { RegistryAccess } from './access/registry-access.js';
import { ConsulAgentController } from './compatibility/consul/consul-agent.controller.js';
import { ConsulCatalogController } from './compatibility/consul/consul-catalog.controller.js';
import { EurekaController } from './compatibility/eureka/eureka.controller.js';
import { discoveryProviders } from './discovery.providers.js';
import { InjectedFaults } from './faults/injected-faults.js';
import { EventsController } from './http/events.controller.js';
import { HistoryController } from './http/history.controller.js';
import { ALLOWS_FAULTS, FaultsController } from './http/faults.controller.js';
import { InstancesController } from './http/instances.controller.js';
import { POLICY_REVISIONS, type PolicyRevisions } from './http/policy-revisions.js';
import { RegistrationController } from './http/registration.controller.js';
import { SERVICE_TRAFFIC, type ServiceTraffic } from './http/service-traffic.js';
import { ServicesController } from './http/services.controller.js';
import { PlainHeartbeats } from './http/plain-heartbeats.js';
import { CertificateExpiries } from './health-checks/certificate-expiries.js';
import { EventLog } from './events/event-log.js';
import { Ejector } from './ejection/ejector.js';
import { RegistryHistory } from './history/registry-history.js';
import { RegistryService } from './registry/registry.service.js';
import { LiveServiceTable } from './model/service-table.js';

/** Service discovery: the registry API, leases, health checks and the service table. */
@Module({})
export class DiscoveryModule {
  static of(
    config: GatewayConfig,
    context: AppContext,
    traffic: ServiceTraffic,
    policies: PolicyRevisions,
  ): DynamicModule {
    const accepts = (registry: string) => config.registryCompatibility.includes(registry);
    return {
      module: DiscoveryModule,
      controllers: [
        RegistrationController,
        InstancesController,
        EventsController,
        HistoryController,
        ServicesController,
        FaultsController,
        ...(accepts('eureka') ? [EurekaController] : []),
        ...(accepts('consul') ? [ConsulAgentController, ConsulCatalogController] : []),
      ],
      providers: [
        ...discoveryProviders(config, context),
        { provide: ALLOWS_FAULTS, useValue: config.allowsFaults },
        { provide: SERVICE_TRAFFIC, useValue: traffic },
        { provide: POLICY_REVISIONS, useValue: policies },
        { provide: RegistryAccess, useValue: new RegistryAccess(config.registryToken) },
        {
          provide: AuditLog,
          useFactory: (access: RegistryAccess) => new AuditLog(unconditional(context.logger), access),
          inject: [RegistryAccess],
        },
        {
          provide: PlainHeartbeats,
          useFactory: (access: RegistryAccess, registry: RegistryService) =>
            new PlainHeartbeats(access, registry),
          inject: [RegistryAccess, RegistryService],
        },
      ],
      exports: [
        EventLog,
        LiveServiceTable,
        RegistryHistory,
        RegistryService,
        InstanceTokens,
        RegistryAccess,
        Ejector,
        PlainHeartbeats,
        CertificateExpiries,
        AuditLog,
        InjectedFaults,
      ],
    };
  }
}
