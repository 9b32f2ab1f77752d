import type { ProbeView } from '#contracts';
import {
  isExpired,
  leaseFrom,
  reportOf,
  storedOf,
  type HeartbeatReport,
  type InstanceVitals,
  type RegisteredInstance,
  type RevisedInstance,
  type StoredInstance,
} from './stored-instance.js';

/**
 * An instance in memory. Its vitals change in place: thousands of heartbeats a second would otherwise create
 * as many objects that live until the next heartbeat, the most expensive kind for the garbage collector.
 */
export class InstanceRecord implements InstanceVitals {
  lastHeartbeatAt = 0;
  expiresAt = 0;
  lastProbe: ProbeView | null = null;
  private inFlight: number | undefined = undefined;
  private loopLagMs: number | undefined = undefined;
  private ready: boolean | undefined = undefined;
  private calls: HeartbeatReport['calls'] = undefined;
  private backlog: HeartbeatReport['backlog'] = undefined;
  private events: HeartbeatReport['events'] = undefined;

  constructor(
    /** Replaced, never mutated: other code keeps the previous object. */
    public registered: RegisteredInstance,
    vitals: InstanceVitals,
    /** The id of the change that last modified the instance; 0 in a store that does not share its changes. */
    readonly revision = 0,
  ) {
    this.setVitals(vitals);
  }

  get stored(): StoredInstance {
    return storedOf(this.registered, this);
  }

  get revised(): RevisedInstance {
    return { instance: this.stored, revision: this.revision };
  }

  get isExpired(): boolean {
    return isExpired(this.registered);
  }

  get report(): HeartbeatReport {
    const { inFlight, loopLagMs, ready, calls, backlog, events } = this;
    return reportOf({ inFlight, loopLagMs, ready, calls, backlog, events });
  }

  set report({ inFlight, loopLagMs, ready, calls, backlog, events }: HeartbeatReport) {
    this.inFlight = inFlight;
    this.loopLagMs = loopLagMs;
    this.ready = ready;
    this.calls = calls;
    this.backlog = backlog;
    this.events = events;
  }

  setVitals({ lastHeartbeatAt, expiresAt, report, lastProbe }: InstanceVitals): void {
    this.lastHeartbeatAt = lastHeartbeatAt;
    this.expiresAt = expiresAt;
    this.report = report;
    this.lastProbe = lastProbe;
  }

  recordHeartbeat(now: number, report: HeartbeatReport): void {
    this.lastHeartbeatAt = now;
    this.report = report;
    this.renewLease(now);
  }

  /** Restarts the lease without a heartbeat. */
  renewLease(now: number): void {
    this.expiresAt = leaseFrom(this.registered.ttlSeconds, now).expiresAt;
  }
}
