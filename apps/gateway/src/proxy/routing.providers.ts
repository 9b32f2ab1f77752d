import type { Provider } from '@nestjs/common';
import type { AppContext } from '#service-kit';
import { InstanceTokens, LiveServiceTable, RegistryHistory, RegistryService } from '../discovery/index.js';
import type { SharedCache } from '../cache/index.js';
import type { GatewayConfig } from '../config/gateway.config.js';
import { DetachedRequests } from './detached-requests.js';
import { Explainer } from './explain/explain.js';
import { PastExplainer } from './explain/past-explainer.js';
import type { RequestTracer } from '../telemetry/tracing/index.js';
import { TrafficMetrics } from '../telemetry/metrics/index.js';
import type { StageExchange } from './exchange/exchange-state.js';
import type { StageFactory } from './extension/stage-api.js';
import { INSTANCE_REPORTS, type InstanceReports } from './exchange/instance-reports.js';
import { PolicyHistory, PolicySources } from '../policy/index.js';
import { withheldFieldsOf } from '../policy/members/authentication.js';
import { policyOf } from '../policy/policy-of-metadata.js';
import { Authenticators } from './stages/authentication/authenticators.js';
import type { BreakerState } from './stages/circuit-breaker/circuit-breaker.js';
import type { RateLimiters } from './stages/rate-limit/rate-limiters.js';
import { Mirrors } from './stages/mirror/mirrors.js';
import { LoopLag } from './stages/load-shedding/loop-lag.js';
import { SilenceWatch } from './resilience/silence-watch.js';
import { compileRoute, identityOf, type CompiledRoute } from './routing/compile-route.js';
import type { RouteSurroundings } from './routing/route-surroundings.js';
import { RegisteredServices } from './routing/registered-services.js';
import { RouteTable, type CompileRoute } from './routing/route-table.js';
import { Router } from './routing/router.js';

type Logger = AppContext['logger'];

const BREAKER_MESSAGES: Readonly<Record<BreakerState, string>> = {
  open: 'Circuit breaker open; requests are refused until it closes',
  'half-open': 'Circuit breaker half-open; one trial request is sent',
  closed: 'Circuit breaker closed; requests are forwarded',
};

/** What the routes need of the composition. */
interface RoutingParts {
  readonly config: GatewayConfig;
  readonly context: AppContext;
  readonly rateLimits: { readonly limiters: RateLimiters };
  readonly cache: SharedCache;
  readonly tracer: RequestTracer | undefined;
  readonly stages: readonly StageFactory[];
}

/** Providers of the routes and their dependencies. */
export const routingProviders = ({
  config: { zone, adminPort },
  context: { logger },
  rateLimits,
  cache,
  tracer,
  stages: factories,
}: RoutingParts): Provider[] => [
  { provide: LoopLag, useFactory: () => new LoopLag() },
  {
    provide: RouteTable,
    useFactory: (
      services: LiveServiceTable,
      lag: LoopLag,
      traffic: TrafficMetrics,
      tokens: InstanceTokens,
      policies: PolicySources,
      authenticators: Authenticators,
      detached: DetachedRequests,
      mirrors: Mirrors,
    ) => {
      const onBreaker = (service: string, state: BreakerState): void => {
        logger.warn({ service, state }, BREAKER_MESSAGES[state]);
        traffic.service(service).breaker = state;
      };
      const onStageError = (err: unknown, { requestId }: StageExchange): void =>
        logger.error({ err, requestId }, 'A stage failed unexpectedly; the exchange is ended');
      const countsOf: RouteSurroundings['countsOf'] = (service, route, policy) =>
        traffic.service(service).policy(route ?? '', policy);
      const admitsInstance = (token: string | undefined): boolean => tokens.admits(token);
      return new RouteTable(
        services,
        compiler(
          logger,
          traffic,
          surroundingsOf(services, {
            lag,
            zone,
            admitsInstance,
            onBreaker,
            onStageError,
            countsOf,
            authenticatorOf: (name) => authenticators.get(name),
            withheldFields: () => {
              const file = policies.file?.current;
              return file ? withheldFieldsOf(file.authentication) : [];
            },
            rateLimiters: rateLimits.limiters,
            tracer,
            sendDetached: detached.send,
            cache: (service) => (policies.storesResponsesOf(service) ? cache.responses : undefined),
            purges: cache.purges,
            cacheCountsOf: (service, route) => traffic.service(service).cache(route ?? ''),
            mirrors,
            factories,
          }),
        ),
        policies,
      );
    },
    inject: [
      LiveServiceTable,
      LoopLag,
      TrafficMetrics,
      InstanceTokens,
      PolicySources,
      Authenticators,
      DetachedRequests,
      Mirrors,
    ],
  },
  {
    provide: Router,
    useFactory: (routes: RouteTable, registry: RegistryService, services: LiveServiceTable) => {
      // With a port of their own for operators, `/services` is not public either.
      const registered = adminPort === undefined ? new RegisteredServices(services) : undefined;
      return new Router(routes, () => registry.isComplete, registered);
    },
    inject: [RouteTable, RegistryService, LiveServiceTable],
  },
  {
    provide: Explainer,
    useFactory: (router: Router, services: LiveServiceTable) => new Explainer(router, services),
    inject: [Router, LiveServiceTable],
  },
  {
    provide: PastExplainer,
    useFactory: (history: RegistryHistory, policies: PolicyHistory, authenticators: Authenticators) =>
      new PastExplainer({ history, policies, authenticators, zone, factories }),
    inject: [RegistryHistory, PolicyHistory, Authenticators],
  },
  {
    provide: SilenceWatch,
    useFactory: (services: LiveServiceTable, reports: InstanceReports) => new SilenceWatch(services, reports),
    inject: [LiveServiceTable, INSTANCE_REPORTS],
  },
];

/** Compiles declared policies; logs their faults once per declaration. */
function compiler(
  logger: Logger,
  traffic: TrafficMetrics,
  around: RouteSurroundings,
): CompileRoute<CompiledRoute> {
  return (service, declaration, plan, related) => {
    const { name, members } = plan;
    const { policy, faults } = policyOf(declaration);
    for (const fault of name === undefined ? faults : [])
      logger.warn({ service, fault }, 'Invalid policy in instance metadata; the default applies');
    const route = compileRoute(service, { ...policy, ...members }, around, identityOf(plan, related));
    if (name === undefined) traffic.service(service).breaker = route.breaker?.state;
    return route;
  };
}

const surroundingsOf = (
  services: LiveServiceTable,
  others: Omit<RouteSurroundings, 'availableOf'>,
): RouteSurroundings => ({
  ...others,
  availableOf: (service) => services.current.get(service)?.availableByVersion ?? [],
});
