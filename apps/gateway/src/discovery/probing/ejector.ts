import type { Clock } from '../clock.js';
import type { Instance } from '../instance.js';
import type { RegistryStore } from '../store/registry-store.js';
import type { TableKeeper } from '../table-keeper.js';
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

  constructor(private readonly parts: EjectorParts) {}

  /** No connection came about: nobody is there. The table is without the instance when this returns. */
  refused(instance: Instance, reason: string): void {
    if (!this.isCurrent(instance)) return;
    this.parts.keeper.eject(instance.id, reason);
    this.parts.store
      .move(
        instance.id,
        { health: { status: 'down', reason } },
        { type: 'status-changed', reason },
        instance.url,
      )
      .catch(this.parts.onError);
  }

  /**
   * A connection broke before an answer. So does an idle one that an instance closes as we use it, which says nothing
   * about the instance: it is asked at once, and ejected when it does not answer.
   */
  reset(instance: Instance, reason: string): void {
    if (!this.isCurrent(instance) || this.asking.has(instance.id)) return;
    this.asking.add(instance.id);
    this.ask(instance, reason)
      .catch(this.parts.onError)
      .finally(() => this.asking.delete(instance.id));
  }

  private async ask(instance: Instance, reason: string): Promise<void> {
    const answer = await this.parts.probe.ask(instance);
    if (!this.isCurrent(instance)) return;
    await noteProbe(this.parts.store, this.parts.clock, instance.id, answer);
    if (!answer.ok) this.refused(instance, `${reason}, and ${answer.reason}`);
  }

  private isCurrent({ id, url }: Instance): boolean {
    const current = this.parts.keeper.find(id);
    return current?.url === url && current.transport === 'http' && current.status !== 'down';
  }
}
