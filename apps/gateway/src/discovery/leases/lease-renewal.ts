import type { LiveServiceTable } from '../model/service-table.js';
import type { PeriodicTask } from '../schedule/discovery-timer.js';
import { SWEEP_INTERVAL_MS } from '../store/lost-time.js';
import type { RegistryStore } from '../store/registry-store.js';

/** Once a second: twice in the shortest lease. */
const TICKS_PER_RENEWAL = 1000 / SWEEP_INTERVAL_MS;

/** Renews leases of instances that send no heartbeat for it, all in one call. */
export abstract class LeaseRenewal implements PeriodicTask {
  private ticks = 0;

  constructor(
    protected readonly table: LiveServiceTable,
    protected readonly store: RegistryStore,
  ) {}

  async tick(): Promise<void> {
    this.ticks += 1;
    if (this.ticks % TICKS_PER_RENEWAL !== 0) return;
    const ids = this.idsToRenew();
    if (ids.length > 0) await this.store.renewLeases(ids);
  }

  protected abstract idsToRenew(): readonly string[];
}
