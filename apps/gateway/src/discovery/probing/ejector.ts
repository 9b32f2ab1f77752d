import type { EjectionListener, EjectionReason } from '../../metrics/index.js';
import type { Clock } from '../clock.js';
import type { Instance } from '../instance.js';
import type { RegistryStore } from '../store/registry-store.js';
import type { InstanceHealth } from '../store/stored-instance.js';
import type { TableKeeper } from '../table-keeper.js';
import { EjectionTerms } from './ejection-terms.js';
import type { InstanceProbe } from './instance-probe.js';
import { noteProbe } from './note-probe.js';

/** What an ejector works with. */
export interface EjectorParts {
  readonly store: RegistryStore;
  readonly keeper: TableKeeper;
  readonly probe: InstanceProbe;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/**
 * Takes instances out of rotation on what traffic tells about them. Reports return at once and throw nothing. A
 * report about an instance that has moved or left since is about nobody, and one in this process cannot be away.
 */
export class Ejector {
  private readonly asking = new Set<string>();
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

  /**
   * Something looks wrong: a connection broke before an answer, or no answer comes. An idle connection that an instance
   * closes as we use it looks the same and says nothing: the instance is asked, and ejected when it does not answer, as
   * long as half of its service stays or nobody is there at all.
   */
  suspected(instance: Instance, reason: string): void {
    if (!this.isCurrent(instance) || this.asking.has(instance.id)) return;
    this.asking.add(instance.id);
    this.ask(instance, reason)
      .catch(this.parts.onError)
      .finally(() => this.asking.delete(instance.id));
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

  private async ask(instance: Instance, reason: string): Promise<void> {
    const answer = await this.parts.probe.ask(instance);
    if (!this.isCurrent(instance)) return;
    await noteProbe(this.parts.store, this.parts.clock, instance.id, answer);
    // On a machine that is busy everyone is silent, and who beats is alive: silence alone takes out half of a fleet at most.
    if (answer.ok || (answer.isSilent && !this.canSpare(instance))) return;
    const health = { status: 'down', reason: `${reason}, and ${answer.reason}` } as const;
    this.eject(instance, health, answer.isSilent ? 'unresponsive' : 'health_check');
  }

  private isCurrent({ id, endpoint }: Instance): boolean {
    const current = this.parts.keeper.find(id);
    return current?.endpoint === endpoint && current.transport === 'http' && current.status !== 'down';
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
