const SLOTS = 10;
const SLOT_MS = 1_000;

/** Length of the window of a {@link RollingCount}. */
export const WINDOW_SECONDS = (SLOTS * SLOT_MS) / 1_000;

/** Counts events of the last ten seconds, second by second. Times are milliseconds on the monotonic clock. */
export class RollingCount {
  private readonly slots = new Float64Array(SLOTS);
  private slot = 0;
  private total = 0;

  add(now: number): void {
    this.advance(now);
    const place = this.slot % SLOTS;
    this.slots[place] = (this.slots[place] ?? 0) + 1;
    this.total += 1;
  }

  at(now: number): number {
    this.advance(now);
    return this.total;
  }

  clear(): void {
    this.slots.fill(0);
    this.total = 0;
  }

  private advance(now: number): void {
    const slot = Math.floor(now / SLOT_MS);
    if (slot <= this.slot) return;
    const first = Math.max(this.slot + 1, slot - SLOTS + 1);
    for (let passed = first; passed <= slot; passed += 1) this.empty(passed % SLOTS);
    this.slot = slot;
  }

  private empty(place: number): void {
    this.total -= this.slots[place] ?? 0;
    this.slots[place] = 0;
  }
}
