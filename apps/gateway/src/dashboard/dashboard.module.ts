import { join } from 'node:path';
import { Module, type DynamicModule, type FactoryProvider, type Provider } from '@nestjs/common';
import type { AppContext } from '#service-kit';
import type { GatewayConfig } from '../config/gateway.config.js';
import {
  CertificateExpiries,
  Ejector,
  InjectedFaults,
  LiveServiceTable,
  RegistryService,
} from '../discovery/index.js';
import { PolicySources, PROVIDER_STATES, type ProviderState } from '../policy/index.js';
import { TrafficMetrics } from '../telemetry/metrics/index.js';
import { CallersController } from './callers/callers.controller.js';
import { DashboardTimer } from './dashboard-timer.js';
import { HistoryController } from './history/history.controller.js';
import { HistoryFile } from './history/history-file.js';
import { TrafficRecord } from './history/traffic-record.js';
import { AssetsController } from './page/assets.controller.js';
import { PageFiles } from './page/page-files.js';
import { ENVIRONMENT_NAME, RootController } from './root.controller.js';
import { DashboardSampler, type GatewayFacts, type OtherFindings } from './state/dashboard-sampler.js';
import { LiveInstanceFacts } from './state/live-instance-facts.js';
import { ProcessLoad } from './state/process-load.js';
import { RouteStates } from './state/route-states.js';
import { TrafficSampler } from './traffic/traffic-sampler.js';
import { DashboardStreams } from './stream/dashboard-streams.js';
import { StreamController } from './stream/stream.controller.js';

const OTHER_FINDINGS = Symbol('findings of other modules');

/** The dashboard: its page, the live state and the history that it shows. */
@Module({})
export class DashboardModule {
  /** @param imports modules that export discovery, policies and metrics, and what `findings` injects */
  static of(
    config: GatewayConfig,
    context: AppContext,
    imports: DynamicModule[],
    findings: Pick<FactoryProvider<OtherFindings>, 'useFactory' | 'inject'>,
  ): DynamicModule {
    return {
      module: DashboardModule,
      imports,
      controllers: [RootController, AssetsController, StreamController, HistoryController, CallersController],
      providers: [
        { provide: ENVIRONMENT_NAME, useValue: config.environment },
        { provide: PageFiles, useFactory: () => new PageFiles() },
        { provide: TrafficRecord, useFactory: () => trafficRecord(config, context) },
        { provide: OTHER_FINDINGS, ...findings } as FactoryProvider,
        ...observation(config),
        timer(context),
      ],
    };
  }
}

/** Observes the gateway. */
const observation = (config: GatewayConfig): Provider[] => [
  { provide: ProcessLoad, useFactory: () => new ProcessLoad() },
  {
    provide: TrafficSampler,
    useFactory: (traffic: TrafficMetrics) => new TrafficSampler(traffic),
    inject: [TrafficMetrics],
  },
  {
    provide: RouteStates,
    useFactory: (table: LiveServiceTable, policies: PolicySources, traffic: TrafficMetrics) =>
      new RouteStates(table, policies, traffic),
    inject: [LiveServiceTable, PolicySources, TrafficMetrics],
  },
  {
    provide: LiveInstanceFacts,
    useFactory: (
      registry: RegistryService,
      table: LiveServiceTable,
      ejector: Ejector,
      certificates: CertificateExpiries,
    ) =>
      new LiveInstanceFacts({
        registry,
        table,
        ejector,
        certificates,
        isShared: config.redisUrl !== undefined,
      }),
    inject: [RegistryService, LiveServiceTable, Ejector, CertificateExpiries],
  },
  {
    provide: DashboardSampler,
    useFactory: (
      table: LiveServiceTable,
      registry: RegistryService,
      policies: PolicySources,
      providers: () => readonly ProviderState[],
      traffic: TrafficSampler,
      routes: RouteStates,
      facts: LiveInstanceFacts,
      load: ProcessLoad,
      faults: InjectedFaults,
      findings: OtherFindings,
    ) =>
      new DashboardSampler({
        ...findings,
        gateway: gatewayFacts(config),
        table,
        registry,
        policies,
        providers,
        faults: () => faults.active,
        traffic,
        routes,
        facts,
        load,
      }),
    inject: [
      LiveServiceTable,
      RegistryService,
      PolicySources,
      PROVIDER_STATES,
      TrafficSampler,
      RouteStates,
      LiveInstanceFacts,
      ProcessLoad,
      InjectedFaults,
      OTHER_FINDINGS,
    ],
  },
  {
    provide: DashboardStreams,
    useFactory: (sampler: DashboardSampler) => new DashboardStreams(() => sampler.state(Date.now())),
    inject: [DashboardSampler],
  },
];

const gatewayFacts = ({ environment, dataPlane, redisUrl, registryToken }: GatewayConfig): GatewayFacts => ({
  name: 'msa-gateway',
  environment,
  dataPlane,
  store: redisUrl === undefined ? 'memory' : 'redis',
  needsToken: registryToken !== undefined,
});

/** Kept in a file, unless the gateway listens on any free port: a later run would not find it. */
function trafficRecord({ port, dataDir }: GatewayConfig, { logger }: AppContext): TrafficRecord {
  const path = join(dataDir, `gateway-${port}.traffic.json`);
  return new TrafficRecord({
    file: port === 0 ? undefined : new HistoryFile(path),
    onProblem: (message, err) => logger.warn({ err, file: path }, message),
  });
}

const timer = ({ logger }: AppContext): FactoryProvider<DashboardTimer> => ({
  provide: DashboardTimer,
  useFactory: (
    sampler: DashboardSampler,
    load: ProcessLoad,
    traffic: TrafficSampler,
    record: TrafficRecord,
    streams: DashboardStreams,
    table: LiveServiceTable,
    faults: InjectedFaults,
  ) =>
    new DashboardTimer({
      sampler,
      load,
      traffic,
      record,
      streams,
      changes: [table, faults],
      onError: (err) => logger.error({ err }, 'Dashboard sample failed; the next one follows in a second'),
    }),
  inject: [
    DashboardSampler,
    ProcessLoad,
    TrafficSampler,
    TrafficRecord,
    DashboardStreams,
    LiveServiceTable,
    InjectedFaults,
  ],
});
