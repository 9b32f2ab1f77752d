import type { ChangeCause } from '../registry-store.js';
import type { InstanceHealth } from '../stored-instance.js';
import type { RegistryScripts } from './registry-scripts.js';

interface PendingMove {
  readonly endpoint: string;
  readonly health: InstanceHealth;
  readonly cause: ChangeCause;
}

/** What traffic and health checks found out while the store was away: it holds here at once, and is told when the store is back. */
export class PendingMoves {
  private readonly moves = new Map<string, PendingMove>();

  add(id: string, move: PendingMove): void {
    this.moves.set(id, move);
  }

  /** Tells the store; what has left or moved meanwhile is somebody else. */
  async flush(scripts: RegistryScripts): Promise<void> {
    for (const [id, { endpoint, health, cause }] of this.moves) {
      await scripts.move(id, { health }, cause, endpoint);
      this.moves.delete(id);
    }
  }
}
