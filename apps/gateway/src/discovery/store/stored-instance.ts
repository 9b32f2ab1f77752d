import type { InstanceStatus, ProbeView } from '#contracts';

/** What traffic and probes say of an instance, whether or not it drains. */
export interface InstanceHealth {
  readonly status: Exclude<InstanceStatus, 'draining'>;
  /** One sentence on why. */
  readonly reason: string;
}

/** How an instance says it feels. */
export interface InstanceReport {
  readonly inFlight?: number;
  readonly loopLagMs?: number;
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

/** An instance as stores keep it. Times are milliseconds since the epoch. */
export interface StoredInstance extends InstanceVitals {
  readonly id: string;
  readonly name: string;
  /** Origin, without a trailing slash. */
  readonly url: string;
  readonly version: string;
  readonly weight: number;
  readonly ttlSeconds: number;
  readonly healthPath: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly registeredAt: number;
  readonly isDraining: boolean;
  readonly health: InstanceHealth;
}

const DRAINING_REASON = 'draining: it finishes what it has and takes no new requests';

/** A drain hides health: whatever a probe says, a draining instance takes no new requests. */
export const statusOf = ({ isDraining, health }: StoredInstance): InstanceStatus =>
  isDraining ? 'draining' : health.status;

export const statusReasonOf = ({ isDraining, health }: StoredInstance): string =>
  isDraining ? DRAINING_REASON : health.reason;
