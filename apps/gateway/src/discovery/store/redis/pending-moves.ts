import type { ChangeCause } from '../registry-store.js';
import type { InstanceHealth } from '../stored-instance.js';
import type { RegistryScripts } from './registry-scripts.js';

interface PendingMove {
  readonly endpoint: string;
  readonly health: InstanceHealth;
  readonly cause: ChangeCause;
}

/**
 * Health changes found by traffic and health checks while the store was unavailable: they apply locally at
 * once, and are written when the store is available again.
 */
export class PendingMoves {
  private readonly moves = new Map<string, PendingMove>();

  add(id: string, move: PendingMove): void {
    this.moves.set(id, move);
  }

  /** Writes the changes to the store. The endpoint excludes an instance that has left or moved meanwhile. */
  async flush(scripts: RegistryScripts): Promise<void> {
    for (const [id, { endpoint, health, cause }] of this.moves) {
      await scripts.move(id, { health }, cause, endpoint);
      this.moves.delete(id);
    }
  }
}
