import type { PeriodicTask } from '../schedule/discovery-timer.js';
import type { LiveServiceTable } from '../model/service-table.js';
import { SWEEP_INTERVAL_MS } from '../store/lost-time.js';
import type { RegistryStore } from '../store/registry-store.js';

/** Once a second: twice in the shortest lease. */
const TICKS_PER_RENEWAL = 1000 / SWEEP_INTERVAL_MS;

/**
 * Counts traffic as heartbeats: an instance that responds to requests is running. The request path sets one
 * field; once a second one call renews the leases of all instances that have it set.
 */
export class TrafficHeartbeats implements PeriodicTask {
  private ticks = 0;

  constructor(
    private readonly table: LiveServiceTable,
    private readonly store: RegistryStore,
  ) {}

  async tick(): Promise<void> {
    this.ticks += 1;
    if (this.ticks % TICKS_PER_RENEWAL !== 0) return;
    const ids = this.collectResponding();
    if (ids.length > 0) await this.store.renewLeases(ids);
  }

  private collectResponding(): readonly string[] {
    const ids: string[] = [];
    for (const { instances } of this.table.current.entries)
      for (const { id, load } of instances) {
        if (!load.hasResponded) continue;
        load.hasResponded = false;
        ids.push(id);
      }
    return ids;
  }
}
