import type { BacklogDto, CallTotalDto, EventBacklogDto } from './heartbeat.dto.js';

/** Status of an instance. Only `up` receives traffic. */
export const INSTANCE_STATUSES = ['starting', 'up', 'down', 'draining'] as const;
export type InstanceStatus = (typeof INSTANCE_STATUSES)[number];

/** How requests reach an instance: over a socket, or passed on inside the gateway's own process. */
export type InstanceTransport = 'http' | 'local';

/** The gateway's last health check of an instance. */
export interface ProbeView {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly ok: boolean;
  readonly latencyMs: number;
}

/** An instance as `/discovery` returns it. Times are ISO 8601 in UTC. */
export interface InstanceView {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly transport: InstanceTransport;
  readonly version: string;
  /** Share of traffic relative to the other instances, 0 to 1000. */
  readonly weight: number;
  readonly ttlSeconds: number;
  readonly healthPath: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly status: InstanceStatus;
  /** One sentence with the reason for the status. */
  readonly statusReason: string;
  readonly registeredAt: string;
  readonly lastHeartbeatAt: string;
  readonly expiresAt: string;
  /** When the lease expired; only present if it did. The instance is `down` until it registers again. */
  readonly expiredAt?: string;
  readonly lastProbe: ProbeView | null;
  /** Reported by the instance's last heartbeat. */
  readonly inFlight?: number;
  /** Reported by the instance's last heartbeat, milliseconds. */
  readonly loopLagMs?: number;
  /** Reported by the instance's last heartbeat. */
  readonly ready?: boolean;
  /** Calls to other services and stores since the instance started, as reported by its last heartbeat. */
  readonly calls?: readonly CallTotalDto[];
  /** Work that waits at the service, as reported by the instance's last heartbeat. */
  readonly backlog?: BacklogDto;
  /** Domain events of the service, as reported by the instance's last heartbeat. */
  readonly events?: EventBacklogDto;
}

/** Response of `POST /discovery/register`. */
export interface RegistrationResult extends InstanceView {
  /**
   * Sent as `x-instance-token`, it gives access to internal paths of services at every gateway while the instance is
   * registered. Valid until the same id registers again.
   */
  readonly instanceToken: string;
}

/** A version among those that a route divides its requests. */
export interface VersionTraffic {
  readonly version: string;
  /** As in the policy file. */
  readonly weight: number;
  /** Share of the cohorts that the version has now, from 0 to 1; 0 without an instance in rotation. */
  readonly share: number;
  readonly instances: { readonly total: number; readonly healthy: number };
}

/** How a route divides its requests among versions. */
export interface RouteTraffic {
  /** Name in the policy file; `null` for the service's own route. */
  readonly route: string | null;
  readonly versions: readonly VersionTraffic[];
}

/** One entry of `GET /services`. */
export interface ServiceSummary {
  readonly name: string;
  /**
   * The last time the service had an instance with a running lease; the current time while it has one. ISO 8601, UTC.
   */
  readonly lastSeenAt: string;
  readonly instances: { readonly total: number; readonly healthy: number };
  readonly versions: readonly string[];
  /** The routes that divide the requests to the service among versions; empty if none does. */
  readonly traffic: readonly RouteTraffic[];
  /** The path under which the gateway forwards to this service: `/api/{name}`. */
  readonly endpoint: string;
}

/** Response of `POST /discovery/cleanup`. */
export interface CleanupResult {
  readonly removed: readonly string[];
}
