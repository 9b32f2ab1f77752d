import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { HealthModule, type AppContext, type RedisServer } from '#service-kit';
import { AdminModule } from './admin/index.js';
import { CacheModule, SharedCache } from './cache/index.js';
import { DashboardModule } from './dashboard/index.js';
import { DiscoveryModule, Ejector, LiveServiceTable, RegistryService } from './discovery/index.js';
import { ContractCheck, ContractsModule, GatewayDocsModule } from './openapi/index.js';
import type { GatewayConfig } from './config/gateway.config.js';
import {
  PolicyFileIndicator,
  RegistryIndicator,
  ServicesIndicator,
  ServiceTableIndicator,
} from './health/index.js';
import {
  LivePolicyFile,
  OpenRoutesWarning,
  policyFamilies,
  PolicyHistory,
  PolicyModule,
  TrafficSplits,
} from './policy/index.js';
import { GatewayMetricsModule } from './telemetry/metrics/index.js';
import { RequestTracer } from './telemetry/tracing/index.js';
import {
  Authenticators,
  INSTANCE_REPORTS,
  Mirrors,
  ProxyModule,
  RateLimits,
  TableDirectory,
  type FrontServer,
  type StageFactory,
} from './proxy/index.js';

/** Composition root of the gateway. */
@Module({})
export class GatewayModule {
  /**
   * @param front the listening server, created before Nest
   * @param file the policy file; without it only instances declare policies
   * @param stages those that the program adds
   */
  static of(
    config: GatewayConfig,
    context: AppContext,
    front: FrontServer,
    file: LivePolicyFile | undefined,
    stages: readonly StageFactory[] = [],
  ): DynamicModule {
    const splits = new TrafficSplits(file);
    const history = new PolicyHistory(file);
    const discovery = DiscoveryModule.of(config, context, (entry) => splits.trafficOf(entry), history);
    const authenticators = new Authenticators(file, context.logger);
    const policies = PolicyModule.of(
      history,
      redisOf(config),
      splits,
      context,
      discovery,
      () => authenticators.states,
    );
    const rateLimits = new RateLimits(config, context);
    const cache = new SharedCache(config, context);
    const { tracer } = context;
    const metrics = GatewayMetricsModule.of({
      imports: [discovery],
      directory: {
        useFactory: (table: LiveServiceTable, registry: RegistryService, ejector: Ejector) =>
          new TableDirectory(table, registry, ejector, splits),
        inject: [LiveServiceTable, RegistryService, Ejector],
      },
      furtherFamilies: () => [
        ...policyFamilies(file),
        ...authenticators.families,
        ...rateLimits.families(),
        ...cache.families(),
        ...(tracer?.families ?? []),
      ],
    });
    const proxy = ProxyModule.of({
      config,
      context,
      front,
      rateLimits,
      cache,
      imports: [discovery, policies, metrics],
      authenticators,
      tracer: tracer && new RequestTracer(tracer, config.traceSlowMs),
      stages,
      reports: { provide: INSTANCE_REPORTS, useExisting: Ejector },
    });
    const caching = CacheModule.of(cache, [discovery, policies]);
    const health = HealthModule.of({
      readiness: context.readiness,
      indicators: [
        RegistryIndicator,
        ServiceTableIndicator,
        ServicesIndicator,
        ...(file ? [PolicyFileIndicator] : []),
      ],
      imports: [discovery, policies],
    });
    const contracts = ContractsModule.of(config, context, [discovery, policies, proxy]);
    const docs = GatewayDocsModule.of(context, discovery, policies, contracts);
    const admin = AdminModule.of(context, discovery);
    const dashboard = DashboardModule.of(config, context, [discovery, policies, metrics, contracts, proxy], {
      useFactory: (check: ContractCheck, mirrors: Mirrors) => ({
        brokenContracts: () => check.broken,
        mirrors: () => mirrors.compared,
      }),
      inject: [ContractCheck, Mirrors],
    });
    return {
      module: GatewayModule,
      imports: [discovery, policies, metrics, caching, proxy, health, docs, admin, dashboard],
      providers: config.environment === 'production' ? [openRoutesWarning(file, context)] : [],
    };
  }
}

const openRoutesWarning = (file: LivePolicyFile | undefined, { logger }: AppContext): Provider => ({
  provide: OpenRoutesWarning,
  useFactory: () => new OpenRoutesWarning(file, logger),
});

/** The server that gateways share. */
const redisOf = ({ redisUrl: url, redisPrefix: prefix }: GatewayConfig): RedisServer | undefined =>
  url === undefined ? undefined : { url, prefix };
