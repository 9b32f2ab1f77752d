import type { InstanceLoad } from '../model/instance-load.js';
import type { RegisteredInstance } from '../store/stored-instance.js';
import { healthCheckSettingsOf, type HealthCheckSettings } from './health-check-settings.js';

/**
 * Delay before the first check of an instance that is down. It grows with each check, up to the longest one
 * below; checks continue for as long as the instance is down.
 */
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 5000;
const RETRY_GROWTH = 1.5;
/** A first failed check is repeated this soon, so that the interval does not add to the detection time. */
const CONFIRM_MS = 1000;
/** How many consecutive checks the responses to proxied requests can replace. */
const MOST_SKIPPED = 2;

/**
 * Results of the health checks of one instance, and when the next one is due. Times are milliseconds since
 * the epoch.
 */
export class CheckState {
  isRunning = false;
  /** A connection to the instance has been established. */
  hasConnected = false;
  readonly knownSince: number;
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
    this.knownSince = now;
    this.settings = healthCheckSettingsOf(instance.metadata);
    this.schedule(now);
  }

  get isUp(): boolean {
    return this.instance.health.status === 'up';
  }

  /** Whether the instance is checked while it is up. */
  get isChecked(): boolean {
    return this.settings.intervalMs > 0;
  }

  /** Enough checks have failed to take an instance that is up out of rotation. */
  get isUnhealthy(): boolean {
    return this.failed >= this.settings.unhealthyThreshold;
  }

  /** Enough checks have passed to return an instance that is down to rotation. */
  get isHealthy(): boolean {
    return this.passed >= this.settings.healthyThreshold;
  }

  /**
   * Whether `after` is the same registration at the same endpoint; checks of a restarted or moved instance
   * start over.
   */
  isOf({ endpoint, registeredAt }: RegisteredInstance): boolean {
    return endpoint === this.instance.endpoint && registeredAt === this.instance.registeredAt;
  }

  /** Updates the state of the instance. */
  update(after: RegisteredInstance, now: number): void {
    const hasTurned = after.health.status !== this.instance.health.status;
    this.instance = after;
    this.settings = healthCheckSettingsOf(after.metadata);
    // A drain, or another reason for the same outage, keeps the schedule.
    if (!hasTurned) return;
    this.passed = this.failed = 0;
    this.retryMs = FIRST_RETRY_MS;
    this.schedule(now);
  }

  /** Whether a check is due. An instance that reported itself not ready returns only by its heartbeat. */
  isDue(now: number): boolean {
    if (this.isRunning || this.dueAt > now) return false;
    return this.isUp ? this.isChecked : this.instance.health.isReported !== true;
  }

  record(ok: boolean, now: number): void {
    this.passed = ok ? this.passed + 1 : 0;
    this.failed = ok ? 0 : this.failed + 1;
    if (ok) this.retryMs = FIRST_RETRY_MS;
    this.schedule(now);
  }

  /** Whether successful responses since the last call replace the check that is due. */
  isServing({ latencyAt, failuresInRow }: InstanceLoad): boolean {
    const hasResponded = latencyAt !== this.respondedAt && failuresInRow === 0 && this.failed === 0;
    this.respondedAt = latencyAt;
    this.skipped = hasResponded && this.skipped < MOST_SKIPPED ? this.skipped + 1 : 0;
    return this.skipped > 0;
  }

  /**
   * Schedules the next check, with jitter, so that instances that registered or failed together are not
   * checked together.
   */
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
