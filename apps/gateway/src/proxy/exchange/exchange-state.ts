import type { Instance } from '../../discovery/index.js';
import type { RequestTrace } from '../../telemetry/tracing/index.js';
import type { Policy } from '../../policy/policy.js';
import type * as api from '../extension/stage-api.js';
import type { RouteLoad } from './balancer.js';
import type { ExchangeHedge } from './exchange-hedge.js';
import type { Failure } from './failure.js';
import type { FieldPattern } from './field-pattern.js';

/** The route of an exchange, as its stages see it. */
export interface RouteFacts extends api.StageRoute {
  /** `X-Forwarded-Prefix` for the instances: {@link prefix}, and a path prefix that the route removes. */
  readonly forwardedPrefix: string;
  /** Rewrites paths for the instances and back; `undefined`: the instances receive the path after {@link prefix}. */
  readonly rewrite: RouteRewrite | undefined;
  readonly policy: Policy;
  readonly load: RouteLoad;
}

/** Rewrites the paths of a route. */
export interface RouteRewrite {
  /** Path and query for the instance, of a path and query after the prefix of the route. */
  upstream(target: string): string;
  /** The path after the prefix that leads to a path of the instance; `undefined` if none does. */
  downstream(path: string): string | undefined;
}

/** A running attempt at one instance. */
export interface Attempt {
  /** Stops at once: closes the upstream connection; no outcome follows. */
  abort(): void;
  /** Called when no data has moved on the downstream connection for the idle time while the client waits for more. */
  onSilence?(): void;
}

/** How an exchange ended, for the recorder. */
export type Ending = 'completed' | 'client-left' | 'broken';

/** The request. Set by the data plane when it creates the exchange, and by routing. */
export interface RequestFacts extends api.StageRequest {
  /** The request came directly from a trusted proxy, whose fields are accepted. */
  readonly isFromTrustedPeer: boolean;
  /** Payload bytes of the request body received so far. */
  readonly bodyBytes: number;
  /** A part of the request body was sent to an instance and cannot be repeated. */
  readonly isBodyConsumed: boolean;
  /** Whether the request has one of several fields; cheaper than {@link header} for each. */
  hasAny(fields: FieldPattern): boolean;
  /** Set by routing; `undefined` if no route matched. */
  readonly route: RouteFacts | undefined;
}

/** The attempts. Written by `Forward` and by the forwarder of the running attempt. */
export interface AttemptState {
  /** The instance of the last attempt. */
  instance: Instance | undefined;
  /** An attempt is running, and counts as load of {@link instance}. */
  holdsInstance: boolean;
  /** No part of the response to the current attempt has arrived. */
  awaitsResponse: boolean;
  attempts: number;
  /** Number of attempts made after an earlier one had been sent. */
  repeats: number;
  /** The current attempt; set and cleared by the forwarder. */
  attempt: Attempt | undefined;
  /** Sends a hedged attempt when the first is late; `undefined` unless the route's policy enables it. */
  hedge: ExchangeHedge | undefined;
  /** Start of the last attempt, on the clock of {@link RequestFacts.startedAt}. */
  attemptStartedAt: number;
  /** Arrival of the last response head of an instance, on the same clock; 0: none has arrived. */
  respondedAt: number;
  /** Ends the exchange if its total duration is limited. */
  deadline: NodeJS.Timeout | undefined;
  /** Time at which {@link deadline} fires; 0 without a limit. */
  deadlineAt: number;
  /** `Set-Cookie` that binds the client to {@link instance}; set by the balancer. */
  affinityCookie: string | undefined;
  /** Why no instance responded, if the attempts ended with a failure of the service. */
  failure: Failure | undefined;
}

/** What the client got. Written by the data plane as the response is sent. */
export interface Outcome {
  /** Status of the response; 0 until there is one. */
  status: number;
  /** The `code` of the problem that the gateway replied with. */
  problemCode: string | undefined;
  /** Response body bytes sent to the client. */
  bytesSent: number;
  /** A 101 turned this exchange into a tunnel. */
  isTunnel: boolean;
  ending: Ending;
  /** Set when the exchange ends. */
  durationMs: number;
  /** The client has its response or has disconnected; no further work may be done for it. */
  isOver: boolean;
}

/** The authenticated caller. */
export interface Identity extends api.Identity {
  /** Header fields that the service receives, by names in lower case. */
  readonly fields: ReadonlyMap<string, string>;
}

/**
 * What a cache did with a request: it replied with a stored response (`hit`, or `stale` after its lifetime or while the
 * service fails), the service confirmed the stored response (`revalidated`) or sent another one (`expired`), there was no
 * stored response (`miss`), or the cache does not handle the request (`bypass`).
 */
export type CacheResult = 'hit' | 'stale' | 'revalidated' | 'expired' | 'miss' | 'bypass';

/** What the policy of the route found out and decided. Written by the stages. */
export interface PolicyState {
  /** Maximum {@link RequestFacts.bodyBytes}. The data plane ends an exchange that passes it with a 413. */
  bodyLimit: number;
  /** `undefined` until the authentication stage has accepted credentials. */
  identity: Identity | undefined;
  /**
   * Version of the instances that get the request; `undefined` if the route does not divide requests among versions. Set
   * by the version stage. If the version has no instance left, forwarding moves the exchange to another one.
   */
  version: string | undefined;
  /** Hash of what the cohort of the request has in common, for {@link version}. */
  cohort: number;
  /** What the cache of the route did; `undefined` if the request did not reach it, or without a cache. */
  cache: CacheResult | undefined;
  /** The spans of the request; `undefined` without traces, and until one is needed. */
  trace: RequestTrace | undefined;
  /** Why a policy refused the request, for operators: never a credential, never sent to the client. */
  refusal: string | undefined;
}

/** An exchange as its stages see it. */
export interface StageExchange
  extends Readonly<RequestFacts>, Readonly<AttemptState>, Readonly<Outcome>, PolicyState {
  /** State of the stages of the route; see `StageSlot`. Allocated on first use. */
  slots: Map<object, unknown> | undefined;
  /**
   * Copies the payload of the request body while it passes. At most one stage does so, in the `request` phase.
   * @param limit maximum bytes that are kept
   * @param onEnd called once, possibly at once: with the complete payload, or with `undefined` when it exceeds the limit;
   * never if the body does not arrive completely
   */
  copyBody(limit: number, onEnd: (payload: Buffer | undefined) => void): void;
}
