import { AsyncLocalStorage } from 'node:async_hooks';

/** Until when the caller of a piece of work waits for it. */
export class Deadline {
  private static readonly current = new AsyncLocalStorage<Deadline>();
  private readonly at: number;
  private isOver = false;

  /** @param ms from now */
  constructor(ms: number) {
    this.at = performance.now() + ms;
  }

  /** What is left for the work that asks, milliseconds, at least 0; `undefined` when nobody waits for it. */
  static get remainingMs(): number | undefined {
    const deadline = Deadline.current.getStore();
    if (!deadline || deadline.isOver) return undefined;
    return Math.max(0, deadline.at - performance.now());
  }

  /** Runs `work`, and whatever it begins, under this deadline. */
  run<T>(work: () => T): T {
    return Deadline.current.run(this, work);
  }

  /** The caller has its answer: what goes on in the background is done for nobody who waits. */
  lift(): void {
    this.isOver = true;
  }
}
