import type { InstanceLoad } from '../instance-load.js';
import type { RegisteredInstance } from '../store/stored-instance.js';
import { healthCheckSettingsOf, type HealthCheckSettings } from './health-check-settings.js';

/** An instance that is down is checked after this time first, then less and less often, but for as long as it is down. */
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 5000;
const RETRY_GROWTH = 1.5;
/** A first failed check is confirmed this soon, so that the interval does not add to the time to find out. */
const CONFIRM_MS = 1000;
/** How many checks in a row the responses to other requests stand in for. */
const MOST_SKIPPED = 2;

/** What the health checks of one instance have found, and when the next one is due. Times are milliseconds since the epoch. */
export class CheckState {
  isRunning = false;
  /** A connection to the instance was established. */
  hasConnected = false;
  private settings: HealthCheckSettings;
  private dueAt = 0;
  private passed = 0;
  private failed = 0;
  private retryMs = FIRST_RETRY_MS;
  private skipped = 0;
  private respondedAt = 0;

  constructor(
    public instance: RegisteredInstance,
    now: number,
  ) {
    this.settings = healthCheckSettingsOf(instance.metadata);
    this.schedule(now);
  }

  get isUp(): boolean {
    return this.instance.health.status === 'up';
  }

  /** So many checks have failed that an instance which is up leaves rotation. */
  get isUnhealthy(): boolean {
    return this.failed >= this.settings.unhealthyThreshold;
  }

  /** So many checks have passed that an instance which is down returns. */
  get isHealthy(): boolean {
    return this.passed >= this.settings.healthyThreshold;
  }

  /** Whether `after` is this very instance at another moment: a restarted or moved one begins anew. */
  isOf({ endpoint, registeredAt }: RegisteredInstance): boolean {
    return endpoint === this.instance.endpoint && registeredAt === this.instance.registeredAt;
  }

  /** Takes in another state of the instance. */
  follow(after: RegisteredInstance, now: number): void {
    const hasTurned = after.health.status !== this.instance.health.status;
    this.instance = after;
    this.settings = healthCheckSettingsOf(after.metadata);
    // A drain, or another reason for the same outage: the rhythm goes on.
    if (!hasTurned) return;
    this.passed = this.failed = 0;
    this.retryMs = FIRST_RETRY_MS;
    this.schedule(now);
  }

  /** An instance that reported itself not ready returns by its heartbeat alone. */
  isDue(now: number): boolean {
    if (this.isRunning || this.dueAt > now) return false;
    return this.isUp ? this.settings.intervalMs > 0 : this.instance.health.isReported !== true;
  }

  record(ok: boolean, now: number): void {
    this.passed = ok ? this.passed + 1 : 0;
    this.failed = ok ? 0 : this.failed + 1;
    if (ok) this.retryMs = FIRST_RETRY_MS;
    this.schedule(now);
  }

  /** Whether good responses since the last look stand in for the check that is due. */
  isServing({ latencyAt, failuresInRow }: InstanceLoad): boolean {
    const hasResponded = latencyAt !== this.respondedAt && failuresInRow === 0 && this.failed === 0;
    this.respondedAt = latencyAt;
    this.skipped = hasResponded && this.skipped < MOST_SKIPPED ? this.skipped + 1 : 0;
    return this.skipped > 0;
  }

  /** Sets when the next check is due. Jittered, so that instances that registered or failed together are not checked together. */
  schedule(now: number): void {
    const dueAt = now + this.delayMs() * (0.75 + Math.random() / 2);
    this.dueAt = Math.max(dueAt, this.instance.health.notBefore ?? 0);
  }

  private delayMs(): number {
    const { intervalMs } = this.settings;
    if (this.isUp)
      return this.failed > 0 && !this.isUnhealthy ? Math.min(intervalMs, CONFIRM_MS) : intervalMs;
    const delayMs = this.retryMs;
    this.retryMs = Math.min(delayMs * RETRY_GROWTH, LONGEST_RETRY_MS);
    return delayMs;
  }
}
