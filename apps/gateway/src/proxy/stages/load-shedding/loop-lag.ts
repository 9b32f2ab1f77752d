import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';

const EVERY_MS = 100;
/** Weight of the latest sample: a single pause is soon forgotten, a second of pauses is not. */
const WEIGHT = 0.2;
/** Maximum of one sample: after a stop of the process or the machine, there is no backlog to process. */
const LATEST_MS = 1_000;

/** Lag of this process's event loop, over the last second or so: how long work waits before it starts. */
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

  /** Takes one sample, when the timer fires. */
  sample(): void {
    const late = Math.min(Math.max(0, this.now() - this.dueAt), LATEST_MS);
    this.smoothed += (late - this.smoothed) * WEIGHT;
    this.dueAt = this.now() + EVERY_MS;
  }
}
