import type { ChangeCause } from '../registry-store.js';
import type { InstanceHealth } from '../stored-instance.js';
import type { RegistryScripts } from './registry-scripts.js';

interface PendingStateChange {
  readonly endpoint: string;
  readonly health: InstanceHealth;
  readonly cause: ChangeCause;
}

/**
 * Health changes found by traffic and health checks while the store was unavailable: they apply locally at
 * once, and are written when the store is available again.
 */
export class PendingStateChanges {
  private readonly changes = new Map<string, PendingStateChange>();

  add(id: string, change: PendingStateChange): void {
    this.changes.set(id, change);
  }

  /** Writes the changes to the store. The endpoint excludes an instance that has left or moved meanwhile. */
  async flush(scripts: RegistryScripts): Promise<void> {
    for (const [id, { endpoint, health, cause }] of this.changes) {
      await scripts.changeState(id, { health }, cause, endpoint);
      this.changes.delete(id);
    }
  }
}
