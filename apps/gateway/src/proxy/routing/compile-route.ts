import type { Balancer } from '../balancing/balancer.js';
import { createBalancer } from '../balancing/create-balancer.js';
import { DEFAULT_POLICY, type Policy } from '../policy.js';
import { Breaker, type BreakerState } from '../resilience/breaker.js';
import { RetryRules } from '../resilience/retry-rules.js';
import { BreakCircuitStage } from '../stages/break-circuit.stage.js';
import { LimitConcurrencyStage } from '../stages/limit-concurrency.stage.js';
import { ShedLoadStage } from '../stages/shed-load.stage.js';
import type { Stage } from '../stages/stage.js';
import type { Route } from './route.js';
import { API_PREFIX } from './target.js';

/** What routes are compiled around. */
export interface RouteSurroundings {
  /** Where the gateway runs; `undefined`: no zone is preferred. */
  readonly zone?: string | undefined;
  /** How late this process is. */
  readonly lag?: { readonly ms: number };
  /** How many instances of a service can take requests now. */
  readonly availableOf?: (service: string) => number;
  readonly onBreaker?: (service: string, state: BreakerState) => void;
}

/** The route of a service under a policy. */
export function compileRoute(
  service: string,
  policy: Policy = DEFAULT_POLICY,
  around: RouteSurroundings = {},
): Route {
  const load = { inFlight: 0 };
  const breaker = policy.breaker.failurePercent > 0 ? breakerOf(service, policy, around) : undefined;
  const newBalancer = (): Balancer =>
    createBalancer(policy.balancing, {
      service,
      load,
      instanceLimit: policy.concurrency.perInstance || Infinity,
      zone: around.zone,
    });
  return {
    service,
    prefix: `${API_PREFIX}/${service}`,
    policy,
    stages: [...shedding(around), ...breaking(breaker), ...limiting(service, policy, around)],
    load,
    retries: new RetryRules(policy.retries),
    breaker,
    newBalancer,
    balancer: newBalancer(),
  };
}

const breakerOf = (service: string, { breaker }: Policy, { onBreaker }: RouteSurroundings): Breaker =>
  new Breaker(breaker, (state) => onBreaker?.(service, state));

const shedding = ({ lag }: RouteSurroundings): Stage[] => (lag ? [new ShedLoadStage(lag)] : []);

const breaking = (breaker: Breaker | undefined): Stage[] => (breaker ? [new BreakCircuitStage(breaker)] : []);

function limiting(
  service: string,
  { concurrency }: Policy,
  { availableOf = () => Infinity }: RouteSurroundings,
): Stage[] {
  const perService = concurrency.perService || Infinity;
  const { perInstance } = concurrency;
  if (perInstance > 0)
    return [
      new LimitConcurrencyStage(concurrency, () =>
        Math.min(perService, perInstance * Math.max(1, availableOf(service))),
      ),
    ];
  return perService === Infinity ? [] : [new LimitConcurrencyStage(concurrency, () => perService)];
}
