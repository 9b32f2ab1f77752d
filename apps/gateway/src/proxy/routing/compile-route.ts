import { createBalancer } from '../balancing/create-balancer.js';
import type { Balancer, RouteLoad } from '../exchange/balancer.js';
import type { Route } from '../exchange/route.js';
import { StageSlot, type Phases, type Stage } from '../exchange/stage.js';
import { HedgeRules } from '../forward/hedging/hedge-rules.js';
import { API_PREFIX } from '../http1/rules/target.js';
import { compilePhases } from '../pipeline/phases.js';
import { DEFAULT_POLICY, type Policy } from '../../policy/policy.js';
import { RetryRules } from '../resilience/retry-rules.js';
import { AffinityStage } from '../stages/affinity/affinity.stage.js';
import { CircuitBreaker, type BreakerState } from '../stages/circuit-breaker/circuit-breaker.js';
import { CircuitBreakerStage } from '../stages/circuit-breaker/circuit-breaker.stage.js';
import { AdaptiveLimitStage } from '../stages/concurrency-limit/adaptive-limit.stage.js';
import { ConcurrencyLimitStage } from '../stages/concurrency-limit/concurrency-limit.stage.js';
import { GradientLimit } from '../stages/concurrency-limit/gradient-limit.js';
import { InternalPaths } from '../stages/internal-paths/internal-paths.js';
import { InternalPathsStage, type AdmitsInstance } from '../stages/internal-paths/internal-paths.stage.js';
import { LoadSheddingStage } from '../stages/load-shedding/load-shedding.stage.js';

/** Dependencies and settings that all routes share. */
export interface RouteSurroundings {
  /** Zone of the gateway; `undefined`: no zone is preferred. */
  readonly zone?: string | undefined;
  /** Lag of the event loop. */
  readonly lag?: { readonly ms: number };
  /** Number of instances of a service that can take requests now. */
  readonly availableOf?: (service: string) => number;
  /** If absent, no request may reach an internal path. */
  readonly admitsInstance?: AdmitsInstance;
  readonly onBreaker?: (service: string, state: BreakerState) => void;
  /** Called when a stage throws. */
  readonly onStageError: Phases['onError'];
  /** Further stages of every route, after the others. */
  readonly stages?: readonly Stage[];
}

/** A route with the parts whose state specs inspect. */
export interface CompiledRoute extends Route {
  readonly breaker: CircuitBreaker | undefined;
  readonly adaptive: GradientLimit | undefined;
}

/** Compiles the route of a service from a policy. */
export function compileRoute(
  service: string,
  policy: Policy = DEFAULT_POLICY,
  around: RouteSurroundings = { onStageError: rethrow },
): CompiledRoute {
  const load = { inFlight: 0 };
  const breaker = breakerOf(service, policy, around);
  const adaptive = adaptiveOf(policy);
  const newBalancer = (): Balancer =>
    createBalancer(policy.balancing, {
      service,
      load,
      instanceLimit: policy.concurrency.perInstance || Infinity,
      zone: around.zone,
    });
  const limitNow = serviceLimit(policy, adaptive);
  const stages = stagesOf(policy, { service, load, breaker, adaptive, limitNow, around });
  return {
    service,
    prefix: `${API_PREFIX}/${service}`,
    policy,
    phases: compilePhases(stages, around.onStageError),
    load,
    retries: new RetryRules(policy.retries),
    hedging: HedgeRules.of(policy.hedging, () => load.inFlight < limitNow()),
    adaptive,
    breaker,
    newBalancer,
    balancer: newBalancer(),
  };
}

const rethrow = (error: unknown): never => {
  throw error;
};

/** What the stages of one route are built from, beside its policy. */
interface StageParts {
  readonly service: string;
  readonly load: RouteLoad;
  readonly breaker: CircuitBreaker | undefined;
  readonly adaptive: GradientLimit | undefined;
  /** The current limit of requests in flight to the service. */
  readonly limitNow: () => number;
  readonly around: RouteSurroundings;
}

/** The stages that the policy needs, in the order in which every phase runs them. */
function stagesOf(policy: Policy, parts: StageParts): Stage[] {
  const { load, breaker, adaptive, around } = parts;
  const stages: (Stage | false | undefined)[] = [
    policy.internalPaths.length > 0 &&
      new InternalPathsStage(new InternalPaths(policy.internalPaths), around.admitsInstance ?? (() => false)),
    around.lag && new LoadSheddingStage(around.lag),
    breaker && new CircuitBreakerStage(breaker),
    concurrencyLimitOf(policy, parts),
    adaptive && new AdaptiveLimitStage(adaptive, load),
    policy.balancing.kind === 'sticky-cookie' && new AffinityStage(),
    ...(around.stages ?? []),
  ];
  return stages.filter((stage) => stage !== false && stage !== undefined);
}

const breakerOf = (
  service: string,
  { breaker }: Policy,
  { onBreaker }: RouteSurroundings,
): CircuitBreaker | undefined =>
  breaker.failurePercent > 0
    ? new CircuitBreaker(breaker, (state) => onBreaker?.(service, state))
    : undefined;

const adaptiveOf = ({ concurrency }: Policy): GradientLimit | undefined =>
  concurrency.adaptive === 'gradient' ? new GradientLimit(concurrency.perService || Infinity) : undefined;

const serviceLimit =
  ({ concurrency }: Policy, adaptive: GradientLimit | undefined) =>
  (): number =>
    Math.min(concurrency.perService || Infinity, adaptive?.current ?? Infinity);

function concurrencyLimitOf(
  { concurrency }: Policy,
  { service, limitNow, around: { availableOf = () => Infinity } }: StageParts,
): Stage | undefined {
  const { perInstance, perService, adaptive } = concurrency;
  if (perInstance === 0 && perService === 0 && adaptive === 'off') return undefined;
  const limit =
    perInstance === 0
      ? limitNow
      : () => Math.min(limitNow(), perInstance * Math.max(1, availableOf(service)));
  return new ConcurrencyLimitStage(concurrency, limit, new StageSlot());
}
