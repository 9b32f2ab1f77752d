import type { Balancer } from '../exchange/balancer.js';
import { createBalancer } from '../balancing/create-balancer.js';
import { InternalPaths } from '../stages/internal-paths/internal-paths.js';
import { HedgeRules } from '../forward/hedging/hedge-rules.js';
import { DEFAULT_POLICY, type Policy } from '../../policy/policy.js';
import { CircuitBreaker, type BreakerState } from '../stages/circuit-breaker/circuit-breaker.js';
import { GradientLimit } from '../stages/concurrency-limit/gradient-limit.js';
import { RetryRules } from '../resilience/retry-rules.js';
import { CircuitBreakerStage } from '../stages/circuit-breaker/circuit-breaker.stage.js';
import { InternalPathsStage, type AdmitsInstance } from '../stages/internal-paths/internal-paths.stage.js';
import { ConcurrencyLimitStage } from '../stages/concurrency-limit/concurrency-limit.stage.js';
import { LoadSheddingStage } from '../stages/load-shedding/load-shedding.stage.js';
import type { Stage } from '../exchange/stage.js';
import type { Route } from '../exchange/route.js';
import { API_PREFIX } from '../http1/rules/target.js';

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
}

/** Compiles the route of a service from a policy. */
export function compileRoute(
  service: string,
  policy: Policy = DEFAULT_POLICY,
  around: RouteSurroundings = {},
): Route {
  const load = { inFlight: 0 };
  const guard = guardOf(policy, around);
  const breaker = policy.breaker.failurePercent > 0 ? breakerOf(service, policy, around) : undefined;
  const newBalancer = (): Balancer =>
    createBalancer(policy.balancing, {
      service,
      load,
      instanceLimit: policy.concurrency.perInstance || Infinity,
      zone: around.zone,
    });
  const adaptive = adaptiveOf(policy);
  const limitNow = serviceLimit(policy, adaptive);
  return {
    service,
    prefix: `${API_PREFIX}/${service}`,
    policy,
    stages: [
      ...(guard ? [guard] : []),
      ...shedding(around),
      ...breaking(breaker),
      ...limiting(service, policy, around, limitNow),
    ],
    load,
    retries: new RetryRules(policy.retries),
    hedging: HedgeRules.of(policy.hedging, () => load.inFlight < limitNow()),
    adaptive,
    breaker,
    guard,
    newBalancer,
    balancer: newBalancer(),
  };
}

const guardOf = (
  { internalPaths }: Policy,
  { admitsInstance = () => false }: RouteSurroundings,
): InternalPathsStage | undefined =>
  internalPaths.length > 0
    ? new InternalPathsStage(new InternalPaths(internalPaths), admitsInstance)
    : undefined;

const breakerOf = (service: string, { breaker }: Policy, { onBreaker }: RouteSurroundings): CircuitBreaker =>
  new CircuitBreaker(breaker, (state) => onBreaker?.(service, state));

const shedding = ({ lag }: RouteSurroundings): Stage[] => (lag ? [new LoadSheddingStage(lag)] : []);

const breaking = (breaker: CircuitBreaker | undefined): Stage[] =>
  breaker ? [new CircuitBreakerStage(breaker)] : [];

const adaptiveOf = ({ concurrency }: Policy): GradientLimit | undefined =>
  concurrency.adaptive === 'gradient' ? new GradientLimit(concurrency.perService || Infinity) : undefined;

/** The current limit of requests in flight to the service. */
const serviceLimit =
  ({ concurrency }: Policy, adaptive: GradientLimit | undefined) =>
  (): number =>
    Math.min(concurrency.perService || Infinity, adaptive?.current ?? Infinity);

function limiting(
  service: string,
  { concurrency }: Policy,
  { availableOf = () => Infinity }: RouteSurroundings,
  limitNow: () => number,
): Stage[] {
  const { perInstance, perService, adaptive } = concurrency;
  if (perInstance > 0)
    return [
      new ConcurrencyLimitStage(concurrency, () =>
        Math.min(limitNow(), perInstance * Math.max(1, availableOf(service))),
      ),
    ];
  if (perService === 0 && adaptive === 'off') return [];
  return [new ConcurrencyLimitStage(concurrency, limitNow)];
}
