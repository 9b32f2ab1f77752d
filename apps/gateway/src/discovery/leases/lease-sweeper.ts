import type { PeriodicTask } from '../schedule/discovery-timer.js';
import type { RegistryStore } from '../store/registry-store.js';
import type { ExpiredInstances } from './expired-instances.js';

/** Dependencies of {@link LeaseSweeper}. */
export interface LeaseSweeperParts {
  readonly store: RegistryStore;
  readonly expired: ExpiredInstances;
  /** Called with the time during which no heartbeat could be received, milliseconds. */
  readonly onStall: (lostMs: number) => void;
}

/** Expires instances whose lease has run out, and removes expired ones when their retention ends. */
export class LeaseSweeper implements PeriodicTask {
  constructor(private readonly parts: LeaseSweeperParts) {}

  async tick(): Promise<void> {
    await this.removeOverdue(await this.sweep());
  }

  /** Removes every expired instance now; returns their ids. */
  async cleanup(): Promise<readonly string[]> {
    await this.sweep();
    const { store, expired } = this.parts;
    return store.removeExpired(expired.ids, 'expired instance removed by a cleanup');
  }

  /** Resolves to the time of the store's clock. */
  private async sweep(): Promise<number> {
    const { lostMs, at } = await this.parts.store.sweep();
    if (lostMs !== 0) this.parts.onStall(lostMs);
    return at;
  }

  private async removeOverdue(now: number): Promise<void> {
    const { store, expired } = this.parts;
    if (store.unavailableSince !== undefined) return;
    const ids = expired.overdue(now).filter((id) => store.isResponsibleFor(id));
    if (ids.length > 0) await store.removeExpired(ids, 'retention of the expired instance ended');
  }
}
