import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import type { AppContext } from '#service-kit';
import { LiveServiceTable } from '../discovery/index.js';
import type { GatewayConfig } from '../gateway.config.js';
import { TrafficMetrics } from '../metrics/index.js';
import { TrustedProxies } from './edge/trusted-proxies.js';
import type { FrontServer } from './entrance/front-server.js';
import type { NodeExchange } from './entrance/node-exchange.js';
import { NodeEntrance } from './entrance/node-entrance.js';
import { ExplainController } from './explain/explain.controller.js';
import { Forward } from './forward.js';
import { HttpForwarder } from './forwarding/http/http.forwarder.js';
import { LocalForwarder } from './forwarding/local/local.forwarder.js';
import { INSTANCE_REPORTS, type InstanceReports } from './instance-reports.js';
import { Pipeline } from './pipeline.js';
import { ProxyLife } from './proxy-life.js';
import { AccessLog } from './record/access-log.js';
import { BatchWriter } from './record/batch-writer.js';
import { TrafficRecorder } from './record/traffic.recorder.js';
import { Router } from './routing/router.js';
import { routingProviders } from './routing/routing.providers.js';

/** What a composition root binds the proxy to. */
export interface ProxyBindings {
  readonly config: GatewayConfig;
  readonly context: AppContext;
  readonly front: FrontServer;
  /** Modules that export LiveServiceTable, TrafficMetrics and what `reports` injects. */
  readonly imports: DynamicModule[];
  readonly reports: Provider<InstanceReports> & { readonly provide: typeof INSTANCE_REPORTS };
}

/** The way of a request: entrance, walk, forwarders, record. */
@Module({})
export class ProxyModule {
  static of(bindings: ProxyBindings): DynamicModule {
    return {
      module: ProxyModule,
      imports: bindings.imports,
      controllers: [ExplainController],
      providers: [
        ...routingProviders(bindings.config, bindings.context),
        ...forwarding,
        ...recording(bindings),
        ...entrance(bindings),
        bindings.reports,
      ],
    };
  }
}

const forwarding: Provider[] = [
  {
    provide: HttpForwarder,
    useFactory: (services: LiveServiceTable) => new HttpForwarder(services),
    inject: [LiveServiceTable],
  },
  LocalForwarder,
  {
    provide: Forward,
    useFactory: (
      services: LiveServiceTable,
      http: HttpForwarder,
      local: LocalForwarder,
      recorder: TrafficRecorder,
      reports: InstanceReports,
    ) => new Forward<NodeExchange>({ services, forwarders: { http, local }, recorder, reports }),
    inject: [LiveServiceTable, HttpForwarder, LocalForwarder, TrafficRecorder, INSTANCE_REPORTS],
  },
];

const STANDARD_OUTPUT = 1;
const isLogged = ({ logLevel }: GatewayConfig): boolean => logLevel === 'INFO' || logLevel === 'DEBUG';

const recording = ({ config }: ProxyBindings): Provider[] => [
  { provide: BatchWriter, useFactory: () => new BatchWriter(STANDARD_OUTPUT) },
  {
    provide: TrafficRecorder,
    useFactory: (traffic: TrafficMetrics, out: BatchWriter) =>
      new TrafficRecorder(traffic, isLogged(config) ? new AccessLog('gateway', out) : undefined),
    inject: [TrafficMetrics, BatchWriter],
  },
];

const entrance = ({ config, context, front }: ProxyBindings): Provider[] => [
  {
    provide: Pipeline,
    useFactory: (router: Router, forward: Forward<NodeExchange>, recorder: TrafficRecorder) =>
      new Pipeline<NodeExchange>({
        router,
        forward,
        recorder,
        onError: (err, { requestId }) => context.logger.error({ err, requestId }, 'an exchange failed'),
      }),
    inject: [Router, Forward, TrafficRecorder],
  },
  {
    provide: NodeEntrance,
    useFactory: (pipeline: Pipeline<NodeExchange>) =>
      new NodeEntrance({
        pipeline,
        trusted: new TrustedProxies(config.trustedProxies),
        isDraining: () => context.readiness.isDraining,
      }),
    inject: [Pipeline],
  },
  {
    provide: ProxyLife,
    useFactory: (nodeEntrance: NodeEntrance, http: HttpForwarder, out: BatchWriter) =>
      new ProxyLife({ front, entrance: nodeEntrance, forwarders: [http], out }),
    inject: [NodeEntrance, HttpForwarder, BatchWriter],
  },
];
