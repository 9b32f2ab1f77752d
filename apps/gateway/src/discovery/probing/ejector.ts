import type { EjectionListener, EjectionReason } from '../../metrics/index.js';
import type { Clock } from '../clock.js';
import type { Instance } from '../instance.js';
import type { RegistryStore } from '../store/registry-store.js';
import type { InstanceHealth } from '../store/stored-instance.js';
import type { TableKeeper } from '../table-keeper.js';
import { EjectionTerms } from './ejection-terms.js';
import { probeViewOf, type HealthCheck, type HealthCheckResult } from './health-check.js';

/** What an ejector works with. */
export interface EjectorParts {
  readonly store: RegistryStore;
  readonly keeper: TableKeeper;
  readonly check: HealthCheck;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/**
 * Takes instances out of rotation on what traffic tells about them. Reports return at once and throw nothing. A
 * report about an instance that has moved or left since is about nobody, and one in this process cannot be away.
 */
export class Ejector {
  private readonly checking = new Set<string>();
  private readonly terms = new EjectionTerms();
  private readonly listeners: EjectionListener[] = [];

  constructor(private readonly parts: EjectorParts) {}

  onEjection(listener: EjectionListener): void {
    this.listeners.push(listener);
  }

  /** No connection came about: nobody is there. The table is without the instance when this returns. */
  refused(instance: Instance, reason: string): void {
    if (this.isCurrent(instance)) this.eject(instance, { status: 'down', reason }, 'connect_failure');
  }

  /** No connection was established in time. The last instance in rotation is health-checked before it is ejected. */
  unreachable(instance: Instance, reason: string): void {
    if (this.isLast(instance)) this.suspected(instance, reason);
    else this.refused(instance, reason);
  }

  /**
   * Something looks wrong: a connection broke before an answer, or no answer comes. An idle connection that an instance
   * closes as we use it looks the same and says nothing: one health check decides.
   */
  suspected(instance: Instance, reason: string): void {
    if (!this.isCurrent(instance) || this.checking.has(instance.id)) return;
    this.checking.add(instance.id);
    this.checkHealth(instance, reason)
      .catch(this.parts.onError)
      .finally(() => this.checking.delete(instance.id));
  }

  /**
   * Its health checks fail. A response of 500 or above is the instance's own statement, and a refused connection leaves no
   * doubt: all of a service may go out by them. Silence takes out half of a service at most, since on a busy machine every
   * instance is silent.
   */
  unhealthy(instance: Instance, { isSilent, reason }: Pick<HealthCheckResult, 'isSilent' | 'reason'>): void {
    if (!this.isCurrent(instance) || (isSilent && !this.canSpare(instance))) return;
    this.eject(instance, { status: 'down', reason }, isSilent ? 'unresponsive' : 'health_check');
  }

  /**
   * It is there, and fails: it goes out for a time that grows, unless less than half of its service would stay. When
   * most fail, something else is to blame, and the others could not bear the load (Envoy's panic mode).
   */
  failing(instance: Instance, reason: string): void {
    if (!this.isCurrent(instance) || !this.canSpare(instance)) return;
    const now = this.parts.clock.now();
    const ms = this.terms.next(instance.id, now);
    instance.load.failuresInRow = 0;
    const health = {
      status: 'down',
      reason: `${reason}; out for ${ms / 1000} s`,
      notBefore: now + ms,
    } as const;
    this.eject(instance, health, 'outlier');
  }

  private eject({ id, name, endpoint }: Instance, health: InstanceHealth, why: EjectionReason): void {
    const { reason } = health;
    if (this.parts.keeper.eject(id, reason)) for (const listener of this.listeners) listener(name, why);
    const cause = { type: 'status-changed', reason } as const;
    this.parts.store.move(id, { health }, cause, endpoint).catch(this.parts.onError);
  }

  private async checkHealth(instance: Instance, reason: string): Promise<void> {
    const { check, clock, store } = this.parts;
    const result = await check.run(instance);
    if (!result || !this.isCurrent(instance)) return;
    await store.noteProbes(new Map([[instance.id, probeViewOf(result, clock.now())]]));
    if (!result.ok) this.unhealthy(instance, { ...result, reason: `${reason}, and ${result.reason}` });
  }

  private isCurrent({ id, endpoint }: Instance): boolean {
    const current = this.parts.keeper.find(id);
    return current?.endpoint === endpoint && current.transport === 'http' && current.status !== 'down';
  }

  private isLast({ id, name }: Instance): boolean {
    return !this.parts.keeper.instancesOf(name).some((other) => other.id !== id && other.status === 'up');
  }

  private canSpare({ name }: Instance): boolean {
    const fleet = this.parts.keeper
      .instancesOf(name)
      .filter(
        ({ status, weight, expiredAt }) => status !== 'draining' && weight > 0 && expiredAt === undefined,
      );
    const up = fleet.filter(({ status }) => status === 'up').length;
    return up - 1 >= fleet.length / 2;
  }
}
