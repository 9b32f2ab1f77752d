import type { Ticking } from '../discovery-timer.js';
import type { LiveServiceTable } from '../service-table.js';
import { SWEEP_EVERY_MS } from '../store/lost-time.js';
import type { RegistryStore } from '../store/registry-store.js';

/** Every second: twice in the shortest lease. */
const TICKS_PER_LOOK = 1000 / SWEEP_EVERY_MS;

/**
 * Lets traffic count as heartbeats: an instance that answers requests is there. The request path sets one field; every
 * second those that have it set are told to the store, all at once.
 */
export class TrafficBeats implements Ticking {
  private ticks = 0;

  constructor(
    private readonly table: LiveServiceTable,
    private readonly store: RegistryStore,
  ) {}

  async tick(): Promise<void> {
    this.ticks += 1;
    if (this.ticks % TICKS_PER_LOOK !== 0) return;
    const ids = this.takeAnswering();
    if (ids.length > 0) await this.store.renew(ids);
  }

  private takeAnswering(): readonly string[] {
    const ids: string[] = [];
    for (const { instances } of this.table.current.entries)
      for (const { id, load } of instances) {
        if (!load.hasAnswered) continue;
        load.hasAnswered = false;
        ids.push(id);
      }
    return ids;
  }
}
