import type { Ticking } from '../discovery-timer.js';
import type { RegistryStore } from '../store/registry-store.js';
import type { RegisteredInstance } from '../store/stored-instance.js';

/** Drops instances whose lease has run out, and tells of time in which nobody could have renewed one. */
export class LeaseSweeper implements Ticking {
  constructor(
    private readonly store: RegistryStore,
    private readonly onStall: (lostMs: number) => void,
  ) {}

  /** The turn of the timer. */
  async tick(): Promise<void> {
    await this.sweep();
  }

  /** Drops what has expired and returns it. */
  async sweep(): Promise<readonly RegisteredInstance[]> {
    const { expired, lostMs } = await this.store.sweep();
    if (lostMs !== 0) this.onStall(lostMs);
    return expired;
  }
}
