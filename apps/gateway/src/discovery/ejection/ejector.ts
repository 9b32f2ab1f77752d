import type { Clock } from '../schedule/clock.js';
import type { Instance } from '../model/instance.js';
import type { RegistryStore } from '../store/registry-store.js';
import type { InstanceHealth } from '../store/stored-instance.js';
import type { InstanceIndex } from '../table/instance-index.js';
import { EjectionTerms } from './ejection-terms.js';
import {
  probeViewOf,
  type FailedCheckHandler,
  type HealthCheck,
  type HealthCheckResult,
} from '../health-checks/health-check.js';

/**
 * Why an instance was ejected. `connect_failure`: no connection could be established. `unresponsive`: it did not
 * respond in time, not even to its health check. `outlier`: too many consecutive requests to it failed.
 * `health_check`: its health check failed.
 */
export type EjectionReason = 'connect_failure' | 'unresponsive' | 'outlier' | 'health_check';

/** Called for each instance that this gateway takes out of rotation. */
export type EjectionListener = (service: string, reason: EjectionReason, instanceId: string) => void;

/** Dependencies of {@link Ejector}. */
export interface EjectorParts {
  readonly store: RegistryStore;
  readonly index: InstanceIndex;
  readonly check: HealthCheck;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/**
 * Takes instances out of rotation on evidence from traffic and health checks. Reports return at once and do
 * not throw. Reports about an instance that has moved or left since are ignored, and so are those about an
 * instance in this process, which cannot be unreachable.
 */
export class Ejector implements FailedCheckHandler {
  private readonly checking = new Set<string>();
  private readonly terms = new EjectionTerms();
  private readonly listeners: EjectionListener[] = [];

  constructor(private readonly parts: EjectorParts) {}

  onEjection(listener: EjectionListener): void {
    this.listeners.push(listener);
  }

  /** The connection was refused: no process listens. The instance is out of the table when this returns. */
  refused(instance: Instance, reason: string): void {
    if (this.isCurrent(instance)) this.eject(instance, { status: 'down', reason }, 'connect_failure');
  }

  /**
   * No connection was established in time. The last instance in rotation is health-checked before it is
   * ejected.
   */
  unreachable(instance: Instance, reason: string): void {
    if (this.isLastAvailable(instance)) this.suspected(instance, reason);
    else this.refused(instance, reason);
  }

  /**
   * Evidence of a fault: a connection broke before a response, or no response arrives. An instance that
   * closes an idle connection while the gateway reuses it looks the same and is healthy: one health check
   * decides.
   */
  suspected(instance: Instance, reason: string): void {
    if (!this.isCurrent(instance) || this.checking.has(instance.id)) return;
    this.checking.add(instance.id);
    this.checkHealth(instance, reason)
      .catch(this.parts.onError)
      .finally(() => this.checking.delete(instance.id));
  }

  /**
   * The health checks of the instance fail. A status of 500 or above is explicit, and a refused connection is
   * certain: both may eject all instances of a service. Missing responses eject at most half of a service,
   * since on an overloaded machine no instance responds in time.
   */
  unhealthy(instance: Instance, { isSilent, reason }: Pick<HealthCheckResult, 'isSilent' | 'reason'>): void {
    if (!this.isCurrent(instance) || (isSilent && !this.mayEject(instance))) return;
    this.eject(instance, { status: 'down', reason }, isSilent ? 'unresponsive' : 'health_check');
  }

  /**
   * The instance responds, but fails: it is ejected for a growing term, unless less than half of its service
   * would stay. If most instances fail, the cause lies elsewhere, and the remaining ones could not bear the
   * load (Envoy's panic mode).
   */
  failing(instance: Instance, reason: string): void {
    if (!this.isCurrent(instance) || !this.mayEject(instance)) return;
    const now = this.parts.clock.now();
    const ms = this.terms.next(instance.id, now);
    instance.load.failuresInRow = 0;
    const health = {
      status: 'down',
      reason: `${reason}; ejected for ${ms / 1000} s`,
      notBefore: now + ms,
    } as const;
    this.eject(instance, health, 'outlier');
  }

  private eject(
    { id, name, endpoint }: Instance,
    health: InstanceHealth,
    ejectionReason: EjectionReason,
  ): void {
    const { reason } = health;
    if (this.parts.index.eject(id, reason))
      for (const listener of this.listeners) listener(name, ejectionReason, id);
    const cause = { type: 'status-changed', reason } as const;
    this.parts.store.changeState(id, { health }, cause, endpoint).catch(this.parts.onError);
  }

  private async checkHealth(instance: Instance, reason: string): Promise<void> {
    const { check, clock, store } = this.parts;
    const result = await check.run(instance, instance.load.latencyMs > 0);
    if (!result || !this.isCurrent(instance)) return;
    if (!result.ok) this.unhealthy(instance, { ...result, reason: `${reason}; ${result.reason}` });
    await store.recordHealthChecks(new Map([[instance.id, probeViewOf(result, clock.now())]]));
  }

  private isCurrent({ id, endpoint }: Instance): boolean {
    const current = this.parts.index.find(id);
    return current?.endpoint === endpoint && current.transport === 'http' && current.status !== 'down';
  }

  private isLastAvailable({ id, name }: Instance): boolean {
    return !this.parts.index.instancesOf(name).some((other) => other.id !== id && other.status === 'up');
  }

  private mayEject({ name }: Instance): boolean {
    const fleet = this.parts.index
      .instancesOf(name)
      .filter(
        ({ status, weight, expiredAt }) => status !== 'draining' && weight > 0 && expiredAt === undefined,
      );
    const up = fleet.filter(({ status }) => status === 'up').length;
    return up - 1 >= fleet.length / 2;
  }
}
