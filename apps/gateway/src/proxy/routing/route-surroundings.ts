import type { SendDetached } from '../exchange/detached.js';
import type { Instance } from '../../discovery/index.js';
import type { Purges } from '../../cache/purges/purges.js';
import type { ResponseCache } from '../../cache/response-cache.js';
import type { CacheCounts } from '../../telemetry/metrics/index.js';
import { type Phases, type PolicyCounts, type Stage } from '../exchange/stage.js';
import type { StageFactory } from '../extension/stage-api.js';
import type { Authenticator } from '../stages/authentication/authenticator.js';
import { type BreakerState } from '../stages/circuit-breaker/circuit-breaker.js';
import { type AdmitsInstance } from '../stages/internal-paths/internal-paths.stage.js';
import type { Mirrors } from '../stages/mirror/mirrors.js';
import type { RequestTracer } from '../../telemetry/tracing/index.js';
import type { RateLimiters } from '../stages/rate-limit/rate-limiters.js';

/** Dependencies and settings that all routes share. */
export interface RouteSurroundings {
  /** Zone of the gateway; `undefined`: no zone is preferred. */
  readonly zone?: string | undefined;
  /** Lag of the event loop. */
  readonly lag?: { readonly ms: number };
  /** The instances of a service that can take requests now. */
  readonly availableOf?: (service: string) => readonly Instance[];
  /** If absent, no request may reach an internal path. */
  readonly admitsInstance?: AdmitsInstance;
  readonly onBreaker?: (service: string, state: BreakerState) => void;
  /** Counts the decisions of a policy of a route; by default they are not counted. */
  readonly countsOf?: (service: string, route: string | undefined, policy: string) => PolicyCounts;
  /** The authentication provider of that name; required by routes with authentication. */
  readonly authenticatorOf?: (provider: string) => Authenticator;
  /** Header fields, in lower case, that services never receive from clients: identities, and API keys. */
  readonly withheldFields?: () => readonly string[];
  /** The stored responses; `undefined` if no route of the service in the path has a cache. */
  readonly cache?: (service: string) => ResponseCache | undefined;
  /** Removes stored responses, from all gateways that share them; by default from {@link cache} alone. */
  readonly purges?: Pick<Purges, 'invalidate' | 'isTrusted'>;
  /** Counts what the cache of a route does; by default nothing is counted. */
  readonly cacheCountsOf?: (service: string, route: string | undefined) => CacheCounts;
  /** By default the rate limits of a route keep no state when it is compiled again. */
  readonly rateLimiters?: RateLimiters;
  /** By default copies of requests are not sent. */
  readonly sendDetached?: SendDetached;
  /** By default routes have no mirrors. */
  readonly mirrors?: Mirrors;
  /** Clock of rate limits, in whole milliseconds; by default the monotonic one. */
  readonly now?: () => number;
  /** Called when a stage throws. */
  readonly onStageError: Phases['onError'];
  /** By default requests are not traced. */
  readonly tracer?: RequestTracer | undefined;
  /** The stages that a program adds to routes with settings for them; by default none. */
  readonly factories?: readonly StageFactory[];
  /** Further stages of every route, after the others. */
  readonly stages?: readonly Stage[];
}
