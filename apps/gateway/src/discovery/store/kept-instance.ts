import type { ProbeView } from '#contracts';
import {
  leaseFrom,
  type InstanceReport,
  type RegisteredInstance,
  type StoredInstance,
} from './stored-instance.js';

/**
 * An instance in memory, and its vitals, which change in place: thousands of heartbeats a second would else make as many objects that live
 * until the next one, which is what a garbage collector takes longest over.
 */
export class KeptInstance {
  lastProbe: ProbeView | null = null;
  private lastHeartbeatAt: number;
  private endsAt: number;
  private inFlight: number | undefined = undefined;
  private loopLagMs: number | undefined = undefined;

  constructor(
    /** Replaced, never changed: others keep what it was before. */
    public registered: RegisteredInstance,
    now: number,
  ) {
    const { lastHeartbeatAt, expiresAt } = leaseFrom(registered.ttlSeconds, now);
    this.lastHeartbeatAt = lastHeartbeatAt;
    this.endsAt = expiresAt;
  }

  /** When the lease runs out, milliseconds since the epoch. */
  get expiresAt(): number {
    return this.endsAt;
  }

  /** What is known of it now. */
  get stored(): StoredInstance {
    const { registered, lastHeartbeatAt, expiresAt, report, lastProbe } = this;
    return { ...registered, lastHeartbeatAt, expiresAt, report, lastProbe };
  }

  beat(now: number, { inFlight, loopLagMs }: InstanceReport): void {
    this.lastHeartbeatAt = now;
    this.inFlight = inFlight;
    this.loopLagMs = loopLagMs;
    this.renew(now);
  }

  /** Begins the lease anew without a heartbeat. */
  renew(now: number): void {
    this.endsAt = leaseFrom(this.registered.ttlSeconds, now).expiresAt;
  }

  moveLease(ms: number): void {
    this.endsAt += ms;
  }

  /** Members that were left out stay out. */
  private get report(): InstanceReport {
    const { inFlight, loopLagMs } = this;
    return { ...(inFlight !== undefined && { inFlight }), ...(loopLagMs !== undefined && { loopLagMs }) };
  }
}
