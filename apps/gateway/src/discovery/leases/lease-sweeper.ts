import type { Clock } from '../clock.js';
import type { RegistryStore } from '../store/registry-store.js';
import type { StoredInstance } from '../store/stored-instance.js';

/** How often leases are looked through; also how late an instance may leave after its lease ran out. */
export const SWEEP_EVERY_MS = 100;
/** A sweep that comes later than this says that the process stood still, or that its clock was set. */
const STALL_MS = 1000;

/**
 * Drops instances whose lease has run out. While this process stood still it heard no heartbeat, so what it missed is
 * its own fault: leases move by the time that was lost instead of expiring in a heap. A clock that was set, forward or
 * back, looks the same and is treated the same.
 */
export class LeaseSweeper {
  private dueAt: number;

  constructor(
    private readonly store: RegistryStore,
    private readonly clock: Clock,
    private readonly onStall: (lostMs: number) => void,
  ) {
    this.dueAt = clock.now() + SWEEP_EVERY_MS;
  }

  /** The turn of the timer. */
  async tick(): Promise<void> {
    await this.sweep();
    this.dueAt = this.clock.now() + SWEEP_EVERY_MS;
  }

  /** Drops what has expired and returns it. */
  async sweep(): Promise<readonly StoredInstance[]> {
    await this.giveBackLostTime();
    return this.store.takeExpired(this.clock.now());
  }

  private async giveBackLostTime(): Promise<void> {
    const lostMs = this.clock.now() - this.dueAt;
    if (lostMs <= STALL_MS && lostMs >= -(STALL_MS + SWEEP_EVERY_MS)) return;
    this.dueAt += lostMs;
    this.onStall(lostMs);
    await this.store.shiftLeases(lostMs);
  }
}
