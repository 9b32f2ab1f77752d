import { isDeepStrictEqual } from 'node:util';
import { createBalancer } from '../balancing/create-balancer.js';
import type { Balancer, RouteLoad } from '../exchange/balancer.js';
import { forbidden } from '../exchange/problems.js';
import type { Route } from '../exchange/route.js';
import { StageSlot, type Phases, type PolicyCounts, type Stage } from '../exchange/stage.js';
import { HedgeRules } from '../forward/hedging/hedge-rules.js';
import { PathRewrite } from '../http1/rules/path-rewrite.js';
import { API_PREFIX } from '../http1/rules/target.js';
import { compilePhases } from '../pipeline/phases.js';
import { DEFAULT_POLICY, type Policy } from '../../policy/policy.js';
import { EVERY_PATH, type PathMatch } from '../../policy/route-match.js';
import { RetryRules } from '../resilience/retry-rules.js';
import { AccessStage } from '../stages/access/access.stage.js';
import { AffinityStage } from '../stages/affinity/affinity.stage.js';
import { AuthenticationStage } from '../stages/authentication/authentication.stage.js';
import type { Authenticator } from '../stages/authentication/authenticator.js';
import { challengesOf, withoutCredentials } from '../stages/authentication/challenges.js';
import { AuthorizationStage } from '../stages/authorization/authorization.stage.js';
import { CircuitBreaker, type BreakerState } from '../stages/circuit-breaker/circuit-breaker.js';
import { CircuitBreakerStage } from '../stages/circuit-breaker/circuit-breaker.stage.js';
import { AdaptiveLimitStage } from '../stages/concurrency-limit/adaptive-limit.stage.js';
import { ConcurrencyLimitStage } from '../stages/concurrency-limit/concurrency-limit.stage.js';
import { GradientLimit } from '../stages/concurrency-limit/gradient-limit.js';
import { CorsStage } from '../stages/cors/cors.stage.js';
import { HeaderEditsStage } from '../stages/header-edits/header-edits.stage.js';
import { IdentityStage } from '../stages/identity/identity.stage.js';
import { InternalPaths } from '../stages/internal-paths/internal-paths.js';
import { InternalPathsStage, type AdmitsInstance } from '../stages/internal-paths/internal-paths.stage.js';
import { SizeLimitStage } from '../stages/size-limit/size-limit.stage.js';
import { RateLimitFieldsStage } from '../stages/rate-limit/rate-limit-fields.stage.js';
import { RateLimitStage, type FoundBuckets, type RouteLimit } from '../stages/rate-limit/rate-limit.stage.js';
import type { LimitScope } from '../stages/rate-limit/rate-limiter.js';
import { RateLimiters } from '../stages/rate-limit/rate-limiters.js';
import { LoadSheddingStage } from '../stages/load-shedding/load-shedding.stage.js';
import { RedirectStage } from '../stages/redirect/redirect.stage.js';
import { RespondStage } from '../stages/respond/respond.stage.js';
import { RewriteStage } from '../stages/rewrite/rewrite.stage.js';
import { SecurityHeadersStage } from '../stages/security-headers/security-headers.stage.js';

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
  /** Counts the decisions of a policy of a route; by default they are not counted. */
  readonly countsOf?: (service: string, route: string | undefined, policy: string) => PolicyCounts;
  /** The authentication provider of that name; required by routes with authentication. */
  readonly authenticatorOf?: (provider: string) => Authenticator;
  /** Header fields, in lower case, that authentication providers set. */
  readonly identityFields?: () => ReadonlySet<string>;
  /** By default the rate limits of a route keep no state when it is compiled again. */
  readonly rateLimiters?: RateLimiters;
  /** Called when a stage throws. */
  readonly onStageError: Phases['onError'];
  /** Further stages of every route, after the others. */
  readonly stages?: readonly Stage[];
}

/** A route with the parts that hold its state. */
export interface CompiledRoute extends Route {
  readonly breaker: CircuitBreaker | undefined;
  readonly adaptive: GradientLimit | undefined;
  readonly concurrencyLimit: Stage | undefined;
  readonly limitNow: () => number;
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
  const withEqual = (...members: readonly (keyof Policy)[]): CompiledRoute | undefined =>
    related.find((each) => members.every((member) => isDeepStrictEqual(each.policy[member], policy[member])));
  const load = related[0]?.load ?? { inFlight: 0 };
  const sameBreaker = withEqual('breaker');
  const breaker = sameBreaker ? sameBreaker.breaker : breakerOf(service, policy, around);
  const sameLimits = withEqual('concurrency');
  const adaptive = sameLimits ? sameLimits.adaptive : adaptiveOf(policy);
  const limitNow = sameLimits?.limitNow ?? serviceLimit(policy, adaptive);
  const concurrencyLimit = sameLimits
    ? sameLimits.concurrencyLimit
    : concurrencyLimitOf(policy, { service, limitNow, around });
  const newBalancer = (): Balancer =>
    createBalancer(policy.balancing, {
      service,
      load,
      instanceLimit: policy.concurrency.perInstance || Infinity,
      zone: around.zone,
    });
  const countsOf = (member: string): PolicyCounts =>
    around.countsOf?.(service, name, member) ?? { allowed: 0, shadow: 0, refused: { add: () => undefined } };
  const replacement = policy.rewrite?.path?.replacePrefix;
  const rewrite = replacement === undefined ? undefined : new PathRewrite(path, replacement);
  const prefix = `${API_PREFIX}/${pathService}`;
  const limitScope = { service: pathService, route: ownsRateLimits ? name : undefined };
  const parts = { service, countsOf, limitScope, load, breaker, concurrencyLimit, adaptive, rewrite, around };
  const stages = stagesOf(policy, parts);
  return {
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
    newBalancer,
    balancer: withEqual('balancing', 'concurrency')?.balancer ?? newBalancer(),
  };
}

const newHedging = (policy: Policy, load: RouteLoad, limitNow: () => number): Route['hedging'] =>
  HedgeRules.of(policy.hedging, () => load.inFlight < limitNow());

const rethrow = (error: unknown): never => {
  throw error;
};

/** What the stages of one route are built from, beside its policy. */
interface StageParts {
  readonly service: string;
  readonly countsOf: (member: string) => PolicyCounts;
  readonly limitScope: LimitScope;
  readonly load: RouteLoad;
  readonly breaker: CircuitBreaker | undefined;
  readonly concurrencyLimit: Stage | undefined;
  readonly adaptive: GradientLimit | undefined;
  readonly rewrite: PathRewrite | undefined;
  readonly around: RouteSurroundings;
}

/** The stages that the policy needs, in the order in which every phase runs them. */
function stagesOf(policy: Policy, parts: StageParts): Stage[] {
  const { countsOf, load, breaker, concurrencyLimit, adaptive, rewrite, around } = parts;
  const authenticators = authenticatorsOf(policy, around);
  const rateLimits = rateLimitStagesOf(policy, parts);
  const stages: (Stage | false | undefined)[] = [
    policy.access && new AccessStage(policy.access, countsOf('access')),
    policy.securityHeaders === true && new SecurityHeadersStage(),
    policy.cors && new CorsStage(policy.cors, countsOf('cors')),
    rateLimits.early,
    authenticationOf(policy, authenticators, parts),
    authorizationOf(policy, authenticators, parts),
    rateLimits.late,
    rateLimits.fields,
    policy.internalPaths.length > 0 &&
      new InternalPathsStage(
        new InternalPaths(policy.internalPaths),
        around.admitsInstance ?? (() => false),
        rewrite,
      ),
    policy.limits && new SizeLimitStage(policy.limits.requestBody, countsOf('limits')),
    policy.redirect && new RedirectStage(policy.redirect),
    policy.respond && new RespondStage(policy.respond),
    around.lag && new LoadSheddingStage(around.lag),
    breaker && new CircuitBreakerStage(breaker),
    concurrencyLimit,
    adaptive && new AdaptiveLimitStage(adaptive, load),
    policy.balancing.kind === 'sticky-cookie' && new AffinityStage(),
    identityOf(authenticators, around),
    policy.rewrite && new RewriteStage(rewrite, policy.rewrite.host),
    // The operator's edits come last, in requests and in responses.
    (policy.requestHeaders ?? policy.responseHeaders) &&
      new HeaderEditsStage(policy.requestHeaders, policy.responseHeaders),
    ...(around.stages ?? []),
  ];
  return stages.filter((stage) => stage !== false && stage !== undefined);
}

function authenticatorsOf(
  { auth = 'none' }: Policy,
  { authenticatorOf }: RouteSurroundings,
): readonly Authenticator[] {
  if (auth === 'none') return [];
  if (!authenticatorOf) throw new Error('a route has authentication, but there are no providers');
  return auth.anyOf.map(authenticatorOf);
}

function authenticationOf(
  { auth = 'none', timeouts: { totalMs } }: Policy,
  authenticators: readonly Authenticator[],
  { service, countsOf }: StageParts,
): Stage | undefined {
  if (auth === 'none') return undefined;
  const { optional } = auth;
  return new AuthenticationStage({
    optional,
    authenticators,
    realm: service,
    totalMs,
    counts: countsOf('auth'),
  });
}

function authorizationOf(
  { authorization = 'none' }: Policy,
  authenticators: readonly Authenticator[],
  { service, countsOf }: StageParts,
): Stage | undefined {
  if (authorization === 'none') return undefined;
  const challenges = challengesOf(authenticators, service, false);
  const authentication = {
    isBearer: (provider: string) =>
      authenticators.some(({ name, scheme }) => name === provider && scheme === 'Bearer'),
    // The policy file is refused if a route without authentication has authorization.
    unauthenticated: () =>
      challenges === '' ? forbidden('the caller is not authenticated') : withoutCredentials(challenges),
  };
  return new AuthorizationStage(authorization.anyOf, authentication, countsOf('authorization'));
}

/** `undefined` if no field is to be removed from the requests of clients. */
function identityOf(
  authenticators: readonly Authenticator[],
  { identityFields }: RouteSurroundings,
): Stage | undefined {
  const names = [
    ...(identityFields?.() ?? []),
    ...authenticators.flatMap(({ removedField }) => removedField ?? []),
  ];
  return names.length > 0 ? new IdentityStage(names) : undefined;
}

/** Keys that are known before a request is authenticated. */
const EARLY_KEYS = ['client', 'service'];

/** The stages of rate limits: before authentication, after authorization, and the fields of both. */
function rateLimitStagesOf(
  { rateLimits = [] }: Policy,
  { countsOf, limitScope, around: { rateLimiters = new RateLimiters() } }: StageParts,
): Readonly<Record<'early' | 'late' | 'fields', Stage | undefined>> {
  const slot = new StageSlot<FoundBuckets>();
  const limits = rateLimits.map((limit) => ({
    limiter: rateLimiters.of(limitScope, limit),
    counts: countsOf(limit.name),
  }));
  const isEarly = ({ limiter: { limit } }: RouteLimit): boolean => EARLY_KEYS.includes(limit.key.from);
  const early = limits.filter(isEarly);
  const late = limits.filter((each) => !isEarly(each));
  const told = limits.map(({ limiter }) => limiter).filter(({ limit }) => !limit.shadow);
  return {
    early: early.length > 0 ? new RateLimitStage('client-rate-limit', early, slot) : undefined,
    late: late.length > 0 ? new RateLimitStage('rate-limit', late, slot) : undefined,
    fields: told.length > 0 ? new RateLimitFieldsStage(told, slot) : undefined,
  };
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

interface LimitParts {
  readonly service: string;
  /** The current limit of requests in flight to the service. */
  readonly limitNow: () => number;
  readonly around: RouteSurroundings;
}

function concurrencyLimitOf(
  { concurrency }: Policy,
  { service, limitNow, around: { availableOf = () => Infinity } }: LimitParts,
): Stage | undefined {
  const { perInstance, perService, adaptive } = concurrency;
  if (perInstance === 0 && perService === 0 && adaptive === 'off') return undefined;
  const limit =
    perInstance === 0
      ? limitNow
      : () => Math.min(limitNow(), perInstance * Math.max(1, availableOf(service)));
  return new ConcurrencyLimitStage(concurrency, limit, new StageSlot());
}
