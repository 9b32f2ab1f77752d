import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { createBalancer } from '../balancing/create-balancer.js';
import type { Balancer, RouteLoad } from '../exchange/balancer.js';
import type { Route } from '../exchange/route.js';
import { VersionPool } from '../balancing/version-pool.js';
import { WeightedVersions } from '../balancing/weighted-versions.js';
import { StageSlot, type PolicyCounts, type Stage } from '../exchange/stage.js';
import { HedgeRules } from '../forward/hedging/hedge-rules.js';
import { PathRewrite } from '../http1/rules/path-rewrite.js';
import { API_PREFIX } from '../http1/rules/target.js';
import { compilePhases } from '../pipeline/phases.js';
import { DEFAULT_POLICY, type Policy } from '../../policy/policy.js';
import type { TrafficPolicy } from '../../policy/members/traffic.js';
import type { RoutePlan } from '../../policy/policy-sources.js';
import { EVERY_PATH, type PathMatch } from '../../policy/route-match.js';
import { RetryRules } from '../resilience/retry-rules.js';
import { CircuitBreaker } from '../stages/circuit-breaker/circuit-breaker.js';
import { ConcurrencyLimitStage } from '../stages/concurrency-limit/concurrency-limit.stage.js';
import { GradientLimit } from '../stages/concurrency-limit/gradient-limit.js';
import { mirrorStagesOf } from './mirror-route.js';
import { backgroundStages, stagesOf } from './route-stages.js';
import type { RouteSurroundings } from './route-surroundings.js';

/** A route with the parts that hold its state. */
export interface CompiledRoute extends Route {
  readonly breaker: CircuitBreaker | undefined;
  readonly adaptive: GradientLimit | undefined;
  readonly concurrencyLimit: Stage | undefined;
  readonly limitNow: () => number;
  readonly versions: WeightedVersions<VersionPool> | undefined;
}

/** What a route is compiled from, beside its policy. */
export interface RouteIdentity {
  readonly name?: string | undefined;
  /** Service in the path; by default the one whose instances receive the requests. */
  readonly pathService?: string;
  readonly declared?: Readonly<Record<string, unknown>>;
  /** Paths that the route matches; by default every path. */
  readonly path?: PathMatch | undefined;
  /** The route itself declares its rate limits; otherwise it shares those of its service. */
  readonly ownsRateLimits?: boolean;
  /** Routes of the same service: parts of equal policy are shared with the first that has them, with their state. */
  readonly related?: readonly CompiledRoute[];
}

/** The identity of the route of a plan. */
export const identityOf = (
  { name, match, service, plain, sources }: RoutePlan,
  related: readonly CompiledRoute[],
): RouteIdentity => ({
  name,
  pathService: service,
  declared: plain,
  path: match?.path,
  ownsRateLimits: sources.rateLimits === 'routes',
  related,
});

/**
 * Compiles a route from a policy.
 * @param service service whose instances receive the requests
 */
export function compileRoute(
  service: string,
  policy: Policy = DEFAULT_POLICY,
  around: RouteSurroundings = { onStageError: rethrow },
  {
    name,
    pathService = service,
    declared = {},
    path = EVERY_PATH,
    ownsRateLimits = false,
    related = [],
  }: RouteIdentity = {},
): CompiledRoute {
  const allWithEqual = (...members: readonly (keyof Policy)[]): readonly CompiledRoute[] =>
    related.filter((each) =>
      members.every((member) => isDeepStrictEqual(each.policy[member], policy[member])),
    );
  const withEqual = (...members: readonly (keyof Policy)[]): CompiledRoute | undefined =>
    allWithEqual(...members)[0];
  const load = related[0]?.load ?? { inFlight: 0 };
  const sameBreaker = withEqual('breaker');
  const breaker = sameBreaker ? sameBreaker.breaker : breakerOf(service, policy, around);
  const sameLimits = withEqual('concurrency');
  const adaptive = sameLimits ? sameLimits.adaptive : adaptiveOf(policy);
  const limitNow = sameLimits?.limitNow ?? serviceLimit(policy, adaptive);
  const concurrencyLimit = sameLimits
    ? sameLimits.concurrencyLimit
    : concurrencyLimitOf(policy, { service, limitNow, around });
  const newBalancer = (of: RouteLoad = load): Balancer =>
    createBalancer(policy.balancing, {
      service,
      load: of,
      instanceLimit: policy.concurrency.perInstance || Infinity,
      zone: around.zone,
    });
  const countsOf = (member: string): PolicyCounts =>
    around.countsOf?.(service, name, member) ?? { allowed: 0, shadow: 0, refused: { add: () => undefined } };
  const versions =
    policy.traffic && versionsOf(policy.traffic, newBalancer, allWithEqual('balancing', 'concurrency'));
  const replacement = policy.rewrite?.path?.replacePrefix;
  const rewrite = replacement === undefined ? undefined : new PathRewrite(path, replacement);
  const prefix = `${API_PREFIX}/${pathService}`;
  const limitScope = { service: pathService, route: ownsRateLimits ? name : undefined };
  const mirror = mirrorStagesOf({ name, service, pathService, path, policy, rewrite }, around, compileRoute);
  const parts = {
    ...{ service, name, pathService, countsOf, limitScope, load, breaker, concurrencyLimit, adaptive },
    ...{ versions, rewrite, mirror, around, cacheScope: scopeOf(service, pathService, name, declared) },
  };
  const stages = stagesOf(policy, parts);
  const route: CompiledRoute = {
    name,
    service,
    prefix,
    forwardedPrefix: replacement === '/' ? prefix + path.path : prefix,
    rewrite,
    policy,
    declared,
    phases: compilePhases(stages, around.onStageError),
    load,
    retries: withEqual('retries')?.retries ?? new RetryRules(policy.retries),
    hedging: (withEqual('hedging', 'concurrency') ?? { hedging: newHedging(policy, load, limitNow) }).hedging,
    adaptive,
    breaker,
    concurrencyLimit,
    limitNow,
    versions,
    newBalancer,
    balancer: withEqual('balancing', 'concurrency')?.balancer ?? newBalancer(),
    background: undefined,
  };
  return { ...route, background: backgroundOf(route) };
}

/** No client ends a request in the background, so its duration is always limited. */
const BACKGROUND_MS = 60_000;

function backgroundOf(route: Route): Route | undefined {
  const { policy, phases } = route;
  const stages = backgroundStages(phases.stages);
  if (!stages) return undefined;
  const timeouts = {
    ...policy.timeouts,
    totalMs: Math.min(policy.timeouts.totalMs || BACKGROUND_MS, BACKGROUND_MS),
  };
  return { ...route, policy: { ...policy, timeouts }, phases: compilePhases(stages, phases.onError) };
}

/** Differs for routes whose responses may differ, and for versions of one route. */
const scopeOf = (...parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, SCOPE_LENGTH);

const SCOPE_LENGTH = 16;

const newHedging = (policy: Policy, load: RouteLoad, limitNow: () => number): Route['hedging'] =>
  HedgeRules.of(policy.hedging, () => load.inFlight < limitNow());

/** @param related routes that balance alike: versions keep the balancers that these have for them */
const versionsOf = (
  { versions }: TrafficPolicy,
  newBalancer: (load: RouteLoad) => Balancer,
  related: readonly CompiledRoute[],
): WeightedVersions<VersionPool> =>
  new WeightedVersions(
    versions.map(({ version, weight }) => {
      const known = related.flatMap((each) => each.versions?.get(version) ?? [])[0];
      return { pool: known ?? new VersionPool(version, newBalancer), weight };
    }),
  );

const rethrow = (error: unknown): never => {
  throw error;
};

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

interface LimitParts {
  readonly service: string;
  /** The current limit of requests in flight to the service. */
  readonly limitNow: () => number;
  readonly around: RouteSurroundings;
}

function concurrencyLimitOf(
  { concurrency }: Policy,
  { service, limitNow, around: { availableOf } }: LimitParts,
): Stage | undefined {
  const { perInstance, perService, adaptive } = concurrency;
  if (perInstance === 0 && perService === 0 && adaptive === 'off') return undefined;
  const limit =
    perInstance === 0 || !availableOf
      ? limitNow
      : () => Math.min(limitNow(), perInstance * Math.max(1, availableOf(service).length));
  return new ConcurrencyLimitStage(concurrency, limit, new StageSlot());
}
