import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import type { AppContext } from '#service-kit';
import { InjectedFaults, InstanceTokens, LiveServiceTable, PlainHeartbeats } from '../discovery/index.js';
import type { SharedCache } from '../cache/index.js';
import type { GatewayConfig } from '../config/gateway.config.js';
import { DecisionRecord } from '../policy/decisions/decision-record.js';
import { HiddenValues } from '../policy/decisions/hidden-values.js';
import { PolicySources } from '../policy/index.js';
import { AdminListener } from './admin-listener.js';
import { DataPlane } from './data-plane.js';
import { DetachedRequests } from './detached-requests.js';
import { detachedProviders, MIRROR_REQUESTS } from './detached.providers.js';
import type { StageFactory } from './extension/stage-api.js';
import { TrustedProxies } from './http1/rules/peer.js';
import type { FrontServer } from './planes/node/front-server.js';
import { MirrorFindingsController } from './mirror-findings.controller.js';
import { ExplainController } from './explain/explain.controller.js';
import { DECISION_RECORD, DecisionsController } from './plan/decisions.controller.js';
import { RefusalsController } from './plan/refusals.controller.js';
import { ReloadGuard } from './plan/reload-guard.js';
import { INSTANCE_REPORTS, type InstanceReports } from './exchange/instance-reports.js';
import { ProxyLife } from './proxy-lifecycle.js';
import { BatchWriter } from '../telemetry/access-log/index.js';
import { TrafficMetrics } from '../telemetry/metrics/index.js';
import type { RequestTracer } from '../telemetry/tracing/index.js';
import { nodeInternals } from './sockets/node-internals.js';
import { Authenticators } from './stages/authentication/authenticators.js';
import { Mirrors } from './stages/mirror/mirrors.js';
import { TracingRecorder } from './tracing.recorder.js';
import { TrafficRecorder } from './traffic.recorder.js';
import { ForwardingLog } from './forward/forwarding-log.js';
import { RateLimits } from './rate-limits.js';
import { recordingProviders } from './recording.providers.js';
import { Router } from './routing/router.js';
import { routingProviders } from './routing.providers.js';
import { DEFAULT_CLIENT_LIMITS } from './http1/client-limits.js';

/** Bindings of the proxy, provided by the composition root. */
export interface ProxyBindings {
  readonly config: GatewayConfig;
  readonly context: AppContext;
  readonly front: FrontServer;
  readonly rateLimits: RateLimits;
  readonly cache: SharedCache;
  /** Modules that export LiveServiceTable, PlainHeartbeats, PolicySources, TrafficMetrics and what `reports` injects. */
  readonly imports: DynamicModule[];
  readonly authenticators: Authenticators;
  /** `undefined` without traces. */
  readonly tracer: RequestTracer | undefined;
  /** The stages that the program adds. */
  readonly stages: readonly StageFactory[];
  readonly reports: Provider<InstanceReports> & { readonly provide: typeof INSTANCE_REPORTS };
}

/** The data path of a request: data planes, pipeline, forwarders, recorder. */
@Module({})
export class ProxyModule {
  static of(bindings: ProxyBindings): DynamicModule {
    return {
      module: ProxyModule,
      imports: bindings.imports,
      controllers: [ExplainController, DecisionsController, RefusalsController, MirrorFindingsController],
      providers: [
        ...routingProviders(bindings),
        ...rateLimiting(bindings),
        ...recordingProviders(bindings.config, bindings.context),
        ...planning(bindings),
        ...plane(bindings),
        ...detachedProviders(bindings.context, bindings.config),
        bindings.reports,
        { provide: Authenticators, useFactory: () => bindings.authenticators },
      ],
      exports: [TrafficRecorder, Mirrors],
    };
  }
}

const rateLimiting = ({ rateLimits }: ProxyBindings): Provider[] => [
  {
    provide: RateLimits,
    useFactory: (policies: PolicySources) => rateLimits.follow(policies),
    inject: [PolicySources],
  },
];

const planning = ({ config }: ProxyBindings): Provider[] => [
  { provide: HiddenValues, useFactory: () => new HiddenValues(config.registryToken) },
  {
    provide: DECISION_RECORD,
    useFactory: ({ file }: PolicySources, tokens: InstanceTokens) =>
      file && new DecisionRecord(file, (token) => tokens.admits(token)),
    inject: [PolicySources, InstanceTokens],
  },
  {
    provide: ReloadGuard,
    useFactory: ({ file }: PolicySources, record: DecisionRecord | undefined, services: LiveServiceTable) =>
      file && record && config.maxChangedPercent !== undefined
        ? new ReloadGuard(file, record, services, config.maxChangedPercent)
        : undefined,
    inject: [PolicySources, { token: DECISION_RECORD, optional: true }, LiveServiceTable],
  },
];

const plane = ({ config, context, front, tracer }: ProxyBindings): Provider[] => [
  {
    provide: DataPlane,
    useFactory: (
      services: LiveServiceTable,
      router: Router,
      recorder: TrafficRecorder,
      reports: InstanceReports,
      heartbeats: PlainHeartbeats,
      forwarding: ForwardingLog,
      traffic: TrafficMetrics,
      faults: InjectedFaults,
    ) => {
      const { fallbacks } = nodeInternals();
      if (fallbacks.length > 0)
        context.logger.warn({ fallbacks }, 'Node lacks internals that the proxy uses; fallbacks are used');
      const dataPlane = new DataPlane({
        services,
        router,
        recorder: tracer ? new TracingRecorder(recorder, tracer, traffic) : recorder,
        reports,
        faults,
        trusted: new TrustedProxies(config.trustedProxies),
        limits: DEFAULT_CLIENT_LIMITS,
        isDraining: () => context.readiness.isDraining,
        heartbeats: (heartbeat) => heartbeats.handle(heartbeat),
        onError: (err, requestId) =>
          context.logger.error(
            { err, requestId },
            'Request handling failed unexpectedly; the exchange is ended',
          ),
      });
      context.logLevel.follow((level) =>
        dataPlane.observeSelections(level === 'DEBUG' ? forwarding : undefined),
      );
      return dataPlane;
    },
    inject: [
      LiveServiceTable,
      Router,
      TrafficRecorder,
      INSTANCE_REPORTS,
      PlainHeartbeats,
      ForwardingLog,
      TrafficMetrics,
      InjectedFaults,
    ],
  },
  { provide: AdminListener, useFactory: () => new AdminListener(front.admin, config, context) },
  {
    provide: ProxyLife,
    useFactory: (
      dataPlane: DataPlane,
      background: DetachedRequests,
      mirrors: DetachedRequests,
      out: BatchWriter,
    ) => {
      const detached = [background, mirrors];
      return new ProxyLife({ front, plane: dataPlane, detached, kind: config.dataPlane, out });
    },
    inject: [DataPlane, DetachedRequests, MIRROR_REQUESTS, BatchWriter],
  },
];
