import type { InstanceStatus, ProbeView } from '#contracts';

/** What traffic, health checks and heartbeats say of an instance, whether or not it drains. */
export interface InstanceHealth {
  readonly status: Exclude<InstanceStatus, 'draining'>;
  /** One sentence on why. */
  readonly reason: string;
  /** For one that is there and fails: until when no health check may put it back, milliseconds since the epoch. */
  readonly notBefore?: number;
  /** When the lease ran out, milliseconds since the epoch: the instance is `down` until it registers again. */
  readonly expiredAt?: number;
  /** Its own heartbeat reports that it is not ready; a heartbeat puts it back. */
  readonly isReported?: true;
}

/** How an instance says it feels. */
export interface InstanceReport {
  readonly inFlight?: number;
  readonly loopLagMs?: number;
  readonly ready?: boolean;
}

/** What changes all the time and never changes where requests go. */
export interface InstanceVitals {
  readonly lastHeartbeatAt: number;
  /** When the lease runs out. */
  readonly expiresAt: number;
  /** What the last heartbeat said; empty when it said nothing. */
  readonly report: InstanceReport;
  readonly lastProbe: ProbeView | null;
}

/** What was registered, and how it stands. Times are milliseconds since the epoch. */
export interface RegisteredInstance {
  readonly id: string;
  readonly name: string;
  /** Origin, without a trailing slash. */
  readonly url: string;
  /** The URL, with the address that it had at registration as fragment if it names a host; see `endpointOf`. */
  readonly endpoint: string;
  readonly version: string;
  readonly weight: number;
  readonly ttlSeconds: number;
  readonly healthPath: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly registeredAt: number;
  readonly isDraining: boolean;
  readonly health: InstanceHealth;
  /** What the instance's token is checked against; absent when an earlier version registered it. */
  readonly tokenHash?: string | undefined;
}

/** An instance before a store took it in. */
export type NewInstance = Omit<RegisteredInstance, 'registeredAt'>;

/** An instance as stores keep it. */
export interface StoredInstance extends RegisteredInstance, InstanceVitals {}

/** An instance of the store, and the id of the change that made it what it is. */
export interface RevisedInstance {
  readonly instance: StoredInstance;
  readonly revision: number;
}

/**
 * An instance of its two halves. Member by member: one of these is made for every heartbeat, and to spread an object before other members
 * takes Node 20 a hundred times as long, and ten times the memory.
 */
export const storedOf = (registered: RegisteredInstance, vitals: InstanceVitals): StoredInstance => ({
  id: registered.id,
  name: registered.name,
  url: registered.url,
  endpoint: registered.endpoint,
  version: registered.version,
  weight: registered.weight,
  ttlSeconds: registered.ttlSeconds,
  healthPath: registered.healthPath,
  metadata: registered.metadata,
  registeredAt: registered.registeredAt,
  isDraining: registered.isDraining,
  health: registered.health,
  tokenHash: registered.tokenHash,
  lastHeartbeatAt: vitals.lastHeartbeatAt,
  // No store keeps the lease of an expired instance.
  expiresAt: registered.health.expiredAt ?? vitals.expiresAt,
  report: vitals.report,
  lastProbe: vitals.lastProbe,
});

interface Said {
  readonly inFlight?: number | undefined;
  readonly loopLagMs?: number | undefined;
  readonly ready?: boolean | undefined;
}

/** What a heartbeat said, without members that it left out. */
export function reportOf({ inFlight, loopLagMs, ready }: Said): InstanceReport {
  const report: { inFlight?: number; loopLagMs?: number; ready?: boolean } = {};
  if (inFlight !== undefined) report.inFlight = inFlight;
  if (loopLagMs !== undefined) report.loopLagMs = loopLagMs;
  if (ready !== undefined) report.ready = ready;
  return report;
}

/** The vitals of an instance whose lease begins at `now`. */
export const vitalsFrom = (ttlSeconds: number, now: number): InstanceVitals => ({
  ...leaseFrom(ttlSeconds, now),
  report: {},
  lastProbe: null,
});

/** A lease that is renewed at `now`. */
export const leaseFrom = (
  ttlSeconds: number,
  now: number,
): Pick<InstanceVitals, 'lastHeartbeatAt' | 'expiresAt'> => ({
  lastHeartbeatAt: now,
  expiresAt: now + ttlSeconds * 1000,
});

/** An instance whose lease ran out at `expiredAt`, as it stays listed. */
export const expiredFrom = (instance: RegisteredInstance, expiredAt: number): RegisteredInstance => ({
  ...instance,
  isDraining: false,
  health: { status: 'down', reason: expiryReason(instance.ttlSeconds), expiredAt },
});

export const expiryReason = (ttlSeconds: number): string => `lease expired: no heartbeat for ${ttlSeconds} s`;

/** Whether the lease of an instance ran out: it takes no requests, heartbeats or health checks until it registers again. */
export const isExpired = ({ health }: RegisteredInstance): boolean => health.expiredAt !== undefined;

const DRAINING_REASON = 'draining: it finishes what it has and takes no new requests';

/** A drain hides health: whatever a health check finds, a draining instance takes no new requests. */
export const statusOf = ({ isDraining, health }: RegisteredInstance): InstanceStatus =>
  isDraining ? 'draining' : health.status;

export const statusReasonOf = ({ isDraining, health }: RegisteredInstance): string =>
  isDraining ? DRAINING_REASON : health.reason;
