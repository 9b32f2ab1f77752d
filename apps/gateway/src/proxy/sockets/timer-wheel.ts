/** Base class for objects with a time-out in a {@link TimerWheel}: the list node, so a time-out allocates nothing. */
export abstract class Timed {
  /** Tick at which {@link onTimeout} is called; 0 while no time-out is set. */
  dueTick = 0;
  nextTimed: Timed = this;
  previousTimed: Timed = this;

  /** Called when the time-out expires. May set it again. */
  abstract onTimeout(): void;
}

class Slot extends Timed {
  override onTimeout(): void {
    // A list head never expires.
  }
}

const SLOTS = 256;

/**
 * Coarse time-outs for many objects: one timer serves all, and setting a time-out again costs a few assignments. A
 * time-out never fires early and fires at most two ticks late. Delays beyond one revolution stay in their slot for
 * the next one.
 */
export class TimerWheel {
  private readonly slots = Array.from({ length: SLOTS }, () => new Slot());
  private readonly timer: NodeJS.Timeout;
  private tick = 1;

  constructor(readonly tickMs = 100) {
    this.timer = setInterval(() => this.advance(), tickMs);
    this.timer.unref();
  }

  /** The current tick. */
  get now(): number {
    return this.tick;
  }

  /** Milliseconds since `tick`, to the precision of a tick. */
  msSince(tick: number): number {
    return (this.tick - tick) * this.tickMs;
  }

  /** Calls `timed.onTimeout()` after `ms` milliseconds; replaces its previous time-out. */
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

  /** Stops the timer; no time-out fires afterwards. */
  stop(): void {
    clearInterval(this.timer);
  }

  /** Advances by one tick and fires the time-outs that are due. */
  advance(): void {
    this.tick += 1;
    const slot = this.slots[this.tick % SLOTS] as Slot;
    // A callback may set or clear timers, so the due ones first move to a separate list.
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
