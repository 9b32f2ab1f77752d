import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';

const EVERY_MS = 100;
/** How much the last sample weighs: one pause is forgotten, a second of pauses is not. */
const WEIGHT = 0.2;
/** What one sample says at most: a process that was stopped, or whose machine was, has nothing to catch up with. */
const LATEST_MS = 1_000;

/** How late the event loop of this process is, over the last second or so: work is waiting that long before it is begun. */
export class LoopLag implements OnModuleInit, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private dueAt = 0;
  private smoothed = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  get ms(): number {
    return this.smoothed;
  }

  onModuleInit(): void {
    this.dueAt = this.now() + EVERY_MS;
    this.timer = setInterval(() => this.sample(), EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** One turn of the timer, on time or late. */
  sample(): void {
    const late = Math.min(Math.max(0, this.now() - this.dueAt), LATEST_MS);
    this.smoothed += (late - this.smoothed) * WEIGHT;
    this.dueAt = this.now() + EVERY_MS;
  }
}
