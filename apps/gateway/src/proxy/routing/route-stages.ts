import { Purges } from '../../cache/purges/purges.js';
import type { Instance } from '../../discovery/index.js';
import type { RouteLoad } from '../exchange/balancer.js';
import type { RouteVersions } from '../exchange/route.js';
import { forbidden } from '../exchange/problems.js';
import { StageSlot, type PolicyCounts, type Stage } from '../exchange/stage.js';
import type { PathRewrite } from '../http1/rules/path-rewrite.js';
import { type Policy } from '../../policy/policy.js';
import { AccessStage } from '../stages/access/access.stage.js';
import { AffinityStage } from '../stages/affinity/affinity.stage.js';
import { AuthenticationStage } from '../stages/authentication/authentication.stage.js';
import type { Authenticator } from '../stages/authentication/authenticator.js';
import { challengesOf, withoutCredentials } from '../stages/authentication/challenges.js';
import { AuthorizationStage } from '../stages/authorization/authorization.stage.js';
import { CacheInvalidationStage } from '../stages/cache/cache-invalidation.stage.js';
import { CacheKeys } from '../stages/cache/cache-key.js';
import { CacheLookupStage } from '../stages/cache/cache-lookup.stage.js';
import { CacheStoreStage } from '../stages/cache/cache-store.stage.js';
import type { CacheVisit } from '../stages/cache/visit.js';
import type { CircuitBreaker } from '../stages/circuit-breaker/circuit-breaker.js';
import { CircuitBreakerStage } from '../stages/circuit-breaker/circuit-breaker.stage.js';
import { AdaptiveLimitStage } from '../stages/concurrency-limit/adaptive-limit.stage.js';
import type { GradientLimit } from '../stages/concurrency-limit/gradient-limit.js';
import { CorsStage } from '../stages/cors/cors.stage.js';
import { fieldsPerRequest } from '../stages/header-edits/field-edits.js';
import { HeaderEditsStage } from '../stages/header-edits/header-edits.stage.js';
import { IdentityStage } from '../stages/identity/identity.stage.js';
import { InternalPaths } from '../stages/internal-paths/internal-paths.js';
import { InternalPathsStage } from '../stages/internal-paths/internal-paths.stage.js';
import { SizeLimitStage } from '../stages/size-limit/size-limit.stage.js';
import { RateLimitFieldsStage } from '../stages/rate-limit/rate-limit-fields.stage.js';
import { RateLimitStage, type FoundBuckets, type RouteLimit } from '../stages/rate-limit/rate-limit.stage.js';
import type { LimitScope } from '../stages/rate-limit/rate-limiter.js';
import { RateLimiters } from '../stages/rate-limit/rate-limiters.js';
import { CaptureStage } from '../stages/mirror/compare/capture.stage.js';
import { MirrorStage } from '../stages/mirror/mirror.stage.js';
import { LoadSheddingStage } from '../stages/load-shedding/load-shedding.stage.js';
import { RedirectStage } from '../stages/redirect/redirect.stage.js';
import { RespondStage } from '../stages/respond/respond.stage.js';
import { RewriteStage } from '../stages/rewrite/rewrite.stage.js';
import { TraceContextStage, UntrustedTraceStage } from '../stages/trace-context/trace-context.stage.js';
import { VersionStage } from '../stages/version/version.stage.js';
import { SecurityHeadersStage } from '../stages/security-headers/security-headers.stage.js';
import { customStagesOf } from './custom-stages.js';
import type { RouteSurroundings } from './route-surroundings.js';

/** What the stages of one route are built from, beside its policy. */
export interface StageParts {
  readonly service: string;
  /** Name of the route in the policy file. */
  readonly name: string | undefined;
  /** Service in the path. */
  readonly pathService: string;
  /** Differs for routes that must not share stored responses. */
  readonly cacheScope: string;
  readonly countsOf: (member: string) => PolicyCounts;
  readonly limitScope: LimitScope;
  readonly load: RouteLoad;
  readonly breaker: CircuitBreaker | undefined;
  readonly concurrencyLimit: Stage | undefined;
  readonly adaptive: GradientLimit | undefined;
  readonly versions: RouteVersions | undefined;
  readonly rewrite: PathRewrite | undefined;
  readonly mirror: readonly Stage[];
  readonly around: RouteSurroundings;
}

/** The stages that the policy needs, in the order in which every phase runs them. */
export function stagesOf(policy: Policy, parts: StageParts): Stage[] {
  const { countsOf, load, breaker, concurrencyLimit, adaptive, rewrite, mirror, around } = parts;
  const authenticators = authenticatorsOf(policy, around);
  const rateLimits = rateLimitStagesOf(policy, parts);
  const identity = identityOf(around);
  const cache = cacheStagesOf(policy, identity, parts);
  const custom = customStagesOf(policy, around.factories ?? [], parts);
  const stages: (Stage | false | undefined)[] = [
    // First, to store responses before the others edit them.
    cache.store,
    cache.invalidation,
    policy.access && new AccessStage(policy.access, countsOf('access')),
    policy.securityHeaders === true && new SecurityHeadersStage(),
    policy.cors && new CorsStage(policy.cors, countsOf('cors')),
    rateLimits.early,
    authenticationOf(policy, authenticators, parts),
    authorizationOf(policy, authenticators, parts),
    rateLimits.late,
    rateLimits.fields,
    ...custom.admission,
    policy.internalPaths.length > 0 &&
      new InternalPathsStage(
        new InternalPaths(policy.internalPaths),
        around.admitsInstance ?? (() => false),
        rewrite,
      ),
    policy.limits && new SizeLimitStage(policy.limits.requestBody, countsOf('limits')),
    policy.redirect && new RedirectStage(policy.redirect),
    policy.respond && new RespondStage(policy.respond),
    // Before the cache, whose keys contain the version.
    versionOf(policy, parts),
    cache.lookUp,
    around.lag && new LoadSheddingStage(around.lag),
    breaker && new CircuitBreakerStage(breaker),
    concurrencyLimit,
    adaptive && new AdaptiveLimitStage(adaptive, load),
    policy.balancing.kind === 'sticky-cookie' && new AffinityStage(),
    identity,
    traceContextOf(policy, around),
    policy.rewrite && new RewriteStage(rewrite, policy.rewrite.host),
    ...custom.forwarding,
    // The operator's edits come last, in requests and in responses.
    (policy.requestHeaders ?? policy.responseHeaders) &&
      new HeaderEditsStage(policy.requestHeaders, policy.responseHeaders),
    ...mirror,
    ...(around.stages ?? []),
  ];
  return stages.filter((stage) => stage !== false && stage !== undefined);
}

/** Whether a stage copies requests of clients, or compares the responses to copies. */
const isMirroring = (stage: Stage): boolean => stage instanceof MirrorStage || stage instanceof CaptureStage;

/**
 * The stages of requests that the gateway repeats by itself: the caller was admitted by those before the cache look-up.
 * They are no requests of clients, so they have no copies.
 * `undefined` without a cache.
 */
export function backgroundStages(stages: readonly Stage[]): Stage[] | undefined {
  const from = stages.findIndex((stage) => stage instanceof CacheLookupStage);
  if (from === -1) return undefined;
  return stages.filter((stage, i) => (i >= from && !isMirroring(stage)) || stage instanceof CacheStoreStage);
}

function authenticatorsOf(
  { auth }: Policy,
  { authenticatorOf }: RouteSurroundings,
): readonly Authenticator[] {
  if (!auth) return [];
  if (!authenticatorOf) throw new Error('a route has authentication, but there are no providers');
  return auth.anyOf.map(authenticatorOf);
}

function authenticationOf(
  { auth, timeouts: { totalMs } }: Policy,
  authenticators: readonly Authenticator[],
  { service, countsOf }: StageParts,
): Stage | undefined {
  if (!auth) return undefined;
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
  { authorization }: Policy,
  authenticators: readonly Authenticator[],
  { service, countsOf }: StageParts,
): Stage | undefined {
  if (!authorization) return undefined;
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

function versionOf({ traffic }: Policy, { service, versions, around }: StageParts): Stage | undefined {
  if (!traffic || !versions) return undefined;
  const available = (): readonly Instance[] => around.availableOf?.(service) ?? [];
  return new VersionStage({ service, key: traffic.cohort, versions, available });
}

/** `undefined` if no field is to be removed from the requests of clients. */
function identityOf({ withheldFields }: RouteSurroundings): Stage | undefined {
  const names = withheldFields?.() ?? [];
  return names.length > 0 ? new IdentityStage(names) : undefined;
}

/** While no traces are recorded, trusted fields pass like others. */
function traceContextOf({ tracing }: Policy, { tracer }: RouteSurroundings): Stage | undefined {
  if (tracer) return new TraceContextStage(tracer);
  return tracing?.context === 'restart' ? new UntrustedTraceStage() : undefined;
}

/** The stages of a cache: before other stages edit responses, after unsafe requests, and before requests are forwarded. */
function cacheStagesOf(
  policy: Policy,
  identity: Stage | undefined,
  {
    name,
    pathService: service,
    cacheScope,
    around: { cache: current, purges: shared, cacheCountsOf, sendDetached },
  }: StageParts,
): Readonly<Partial<Record<'store' | 'invalidation' | 'lookUp', Stage>>> {
  const cache = current?.(service);
  if (!cache) return {};
  const purges = shared ?? new Purges(cache);
  const invalidation = new CacheInvalidationStage(service, (selector) => purges.invalidate(selector));
  if (policy.cache?.enabled !== true) return { invalidation };
  const slot = new StageSlot<CacheVisit>();
  const counts = cacheCountsOf?.(service, name) ?? { stored: 0, coalesced: 0 };
  const perRequest = new Set(policy.requestHeaders ? fieldsPerRequest(policy.requestHeaders) : []);
  return {
    invalidation,
    store: new CacheStoreStage({ cache, purges, counts, slot, policy: { ...policy.cache, perRequest } }),
    lookUp: new CacheLookupStage({
      ...{ cache, purges, service, counts, slot, maxObject: policy.cache.maxObject },
      keys: new CacheKeys(cacheScope, policy.cache.key),
      totalMs: policy.timeouts.totalMs,
      withheld: identity?.withheld,
      sendDetached,
    }),
  };
}

/** Keys that are known before a request is authenticated. */
const EARLY_KEYS = ['client', 'service'];

/** The stages of rate limits: before authentication, after authorization, and the fields of both. */
function rateLimitStagesOf(
  { rateLimits = [] }: Policy,
  { countsOf, limitScope, around: { rateLimiters = new RateLimiters(), now } }: StageParts,
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
    early: early.length > 0 ? new RateLimitStage('client-rate-limit', early, slot, now) : undefined,
    late: late.length > 0 ? new RateLimitStage('rate-limit', late, slot, now) : undefined,
    fields: told.length > 0 ? new RateLimitFieldsStage(told, slot) : undefined,
  };
}
