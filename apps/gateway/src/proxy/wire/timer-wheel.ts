/** Something that may wait in a {@link TimerWheel}: a link of a list, not an object made per wait. */
export abstract class Timed {
  /** Tick at which {@link onTimeout} is called; 0 while nothing is waited for. */
  dueTick = 0;
  nextTimed: Timed = this;
  previousTimed: Timed = this;

  /** The time is up. May set the timer again. */
  abstract onTimeout(): void;
}

class Slot extends Timed {
  override onTimeout(): void {
    // The head of a list waits for nothing.
  }
}

const SLOTS = 256;

/**
 * Coarse time-outs for many: one timer for all, and to set one again costs a few assignments. A wait is never shorter than
 * asked and at most two ticks longer. Waits beyond one turn of the wheel stay in their slot for another.
 */
export class TimerWheel {
  private readonly slots = Array.from({ length: SLOTS }, () => new Slot());
  private readonly timer: NodeJS.Timeout;
  private tick = 1;

  constructor(readonly tickMs = 100) {
    this.timer = setInterval(() => this.advance(), tickMs);
    this.timer.unref();
  }

  /** The tick of now. */
  get now(): number {
    return this.tick;
  }

  /** Roughly the milliseconds that have gone by since `tick`. */
  msSince(tick: number): number {
    return (this.tick - tick) * this.tickMs;
  }

  /** Calls `timed.onTimeout()` in `ms`; replaces what it waited for before. */
  set(timed: Timed, ms: number): void {
    const due = this.tick + 1 + Math.ceil(ms / this.tickMs);
    if (timed.dueTick === due) return;
    unlink(timed);
    timed.dueTick = due;
    link(timed, this.slots[due % SLOTS] as Slot);
  }

  clear(timed: Timed): void {
    if (timed.dueTick === 0) return;
    unlink(timed);
    timed.dueTick = 0;
  }

  /** Nothing fires any more. */
  stop(): void {
    clearInterval(this.timer);
  }

  /** One tick: fires what is due. */
  advance(): void {
    this.tick += 1;
    const slot = this.slots[this.tick % SLOTS] as Slot;
    // What fires may set itself, or clear a neighbour, while the list is walked: the due ones move to a list of their own.
    const due = new Slot();
    for (let timed = slot.nextTimed; timed !== slot;) {
      const next = timed.nextTimed;
      if (timed.dueTick <= this.tick) {
        unlink(timed);
        link(timed, due);
      }
      timed = next;
    }
    while (due.nextTimed !== due) this.fire(due.nextTimed);
  }

  private fire(timed: Timed): void {
    this.clear(timed);
    timed.onTimeout();
  }
}

function unlink(timed: Timed): void {
  timed.previousTimed.nextTimed = timed.nextTimed;
  timed.nextTimed.previousTimed = timed.previousTimed;
  timed.nextTimed = timed;
  timed.previousTimed = timed;
}

function link(timed: Timed, slot: Slot): void {
  timed.previousTimed = slot.previousTimed;
  timed.nextTimed = slot;
  slot.previousTimed.nextTimed = timed;
  slot.previousTimed = timed;
}
