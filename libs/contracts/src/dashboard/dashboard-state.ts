import type { InstanceStatus, InstanceTransport, ProbeView } from '../discovery/instance.js';

/*
 * What the dashboard's stream sends. Times are ISO 8601 in UTC, durations milliseconds unless their name says otherwise,
 * shares and rates of errors 0 to 1. Collections are objects by key, so that a change is a JSON merge patch (RFC 7396).
 * Such a patch cannot set `null`: a member that is `null` here is absent after it.
 */

/** Traffic of the last {@link TRAFFIC_WINDOW_SECONDS}. */
export interface TrafficNow {
  readonly requestsPerSecond: number;
  /** Share of responses with a status of 500 and above, and of responses that were cut off. */
  readonly errorRate: number;
  /** 0 without requests. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Requests in flight now. */
  readonly inFlight: number;
}

export const TRAFFIC_WINDOW_SECONDS = 10;

/** The most serious condition first. */
export const CONDITIONS = ['critical', 'warning', 'ok'] as const;
export type Condition = (typeof CONDITIONS)[number];

/** The gateway that serves the stream. */
export interface GatewayState {
  readonly name: string;
  readonly version: string;
  readonly environment: string;
  readonly startedAt: string;
  readonly dataPlane: 'wire' | 'node';
  /** Where the registry is kept: in this process, or shared by several gateways. */
  readonly store: 'memory' | 'redis';
  /** Whether the registry accepts writes. */
  readonly isRegistryUp: boolean;
  /** 99th percentile of the delay of the event loop in the last second. */
  readonly loopLagMs: number;
  /** Resident memory. */
  readonly memoryBytes: number;
  /** Whether writes need the registry's token; without it they are accepted from this machine alone. */
  readonly needsToken: boolean;
}

/** A service name. */
export interface ServiceState extends TrafficNow {
  readonly condition: Condition;
  readonly healthy: number;
  readonly total: number;
  readonly versions: readonly string[];
  /** Attempts after the first one, hedged attempts included. */
  readonly retriesPerSecond: number;
  /** `null`: the service has no circuit breaker. */
  readonly breaker: 'closed' | 'half-open' | 'open' | null;
  readonly lastSeenAt: string;
}

/** One running copy of a service. */
export interface InstanceState extends TrafficNow {
  readonly service: string;
  readonly url: string;
  readonly transport: InstanceTransport;
  readonly version: string;
  readonly condition: Condition;
  readonly status: InstanceStatus;
  readonly statusReason: string;
  /** Whether new requests may be sent to it. */
  readonly isInRotation: boolean;
  readonly weight: number;
  /** Share of the requests in the window that instances of the service received. */
  readonly share: number;
  readonly ttlSeconds: number;
  readonly lastHeartbeatAt: string;
  readonly expiresAt: string;
  readonly lastProbe: ProbeView | null;
  /** When the certificate of its `https` URL expires, as the last connection saw it; `null`: unknown or none. */
  readonly certificateExpiresAt: string | null;
}

/** Calls from one part of the system to another in the window. */
export interface EdgeState {
  /** `client`, `gateway`, or a service name. */
  readonly from: string;
  /** `gateway`, a service name, or the name of a store such as `postgresql`. */
  readonly to: string;
  readonly kind: 'client' | 'proxied' | 'call' | 'store';
  readonly requestsPerSecond: number;
  readonly errorRate: number;
}

/** A route with its policy. */
export interface RouteState {
  readonly service: string;
  /** Name in the policy file; `null`: the service's own route. */
  readonly route: string | null;
  /** Requests refused in the last minute, by `POLICY: REASON`. */
  readonly refusedPerMinute: Readonly<Record<string, number>>;
  /** Share of requests that the cache served in the last minute; `null` without a cache or requests. */
  readonly cacheHitRate: number | null;
}

/**
 * What needs attention. The subject of `service-*`, `breaker-open`, `dead-letters` and `events-waiting` is a service, that of `instance-*` and
 * `certificate-expiring` an instance id, that of `provider-unavailable` an authentication provider, that of
 * `mirror-differs` a service and the route in it that is mirrored, if that has a name.
 */
export const ATTENTION_KINDS = [
  'service-down',
  'service-failing',
  'service-slow',
  'breaker-open',
  'instance-down',
  'instance-failing',
  'instance-slow',
  'instance-expiring',
  'instance-ejected',
  'instance-fault',
  'certificate-expiring',
  'provider-unavailable',
  'reload-failed',
  'registry-away',
  'backlog-growing',
  'dead-letters',
  'events-waiting',
  'contract-broken',
  'mirror-differs',
  'gateway-busy',
] as const;
export type AttentionKind = (typeof ATTENTION_KINDS)[number];

/** One thing that needs attention. */
export interface AttentionItem {
  readonly kind: AttentionKind;
  readonly condition: Exclude<Condition, 'ok'>;
  /** See {@link ATTENTION_KINDS}; empty for the gateway itself. */
  readonly subject: string;
  /** Service of the subject; empty if there is none. */
  readonly service: string;
  readonly since: string;
  /**
   * When it was last found, for an item about traffic that stays in the list although its cause is gone; absent while the
   * cause lasts or may last, as without requests.
   */
  readonly endedAt?: string;
  /** The reason in words of the gateway; English. */
  readonly reason: string;
  /** Figures of the message: `errorRate`, `p95Ms`, `expiresAt`, `count`, … */
  readonly values: Readonly<Record<string, string | number>>;
}

/** The policy file. Its path, policies and problems are at `GET /policies`, which needs more access. */
export interface PolicyState {
  /** `null` without a file. */
  readonly revision: string | null;
  readonly loadedAt: string | null;
  /** When the latest reload failed; `null` if it did not. */
  readonly failedAt: string | null;
}

/** Event `state` of `GET /dashboard/stream`; later events named `patch` are merge patches of it. */
export interface DashboardState {
  /** Time of the gateway's clock. */
  readonly at: string;
  readonly gateway: GatewayState;
  /** Of all requests to this gateway. */
  readonly traffic: TrafficNow;
  readonly policy: PolicyState;
  /** By service name. */
  readonly services: Readonly<Record<string, ServiceState>>;
  /** By instance id. */
  readonly instances: Readonly<Record<string, InstanceState>>;
  /** By `FROM TO`. */
  readonly edges: Readonly<Record<string, EdgeState>>;
  /** By `SERVICE ROUTE`. */
  readonly routes: Readonly<Record<string, RouteState>>;
  /** By `KIND SUBJECT`. */
  readonly attention: Readonly<Record<string, AttentionItem>>;
}

/** Periods that `GET /dashboard/history?period=` offers: steps of one second, and of one minute. */
export const HISTORY_PERIODS = ['15m', '24h'] as const;
export type HistoryPeriod = (typeof HISTORY_PERIODS)[number];

/** Body of `GET /dashboard/history`: columns of equal length, oldest first; `null` where nothing was recorded. */
export interface TrafficHistory {
  readonly stepSeconds: number;
  /** Seconds since the epoch. */
  readonly at: readonly number[];
  readonly requestsPerSecond: readonly (number | null)[];
  readonly errorRate: readonly (number | null)[];
  readonly p50Ms: readonly (number | null)[];
  readonly p95Ms: readonly (number | null)[];
  readonly p99Ms: readonly (number | null)[];
  readonly inFlight: readonly (number | null)[];
  readonly loopLagMs: readonly (number | null)[];
  readonly memoryBytes: readonly (number | null)[];
}
