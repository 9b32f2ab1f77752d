import { AsyncLocalStorage } from 'node:async_hooks';
import { REQUEST_TIMEOUT_HEADER } from '#contracts';

const MILLISECONDS = /^\d{1,9}$/;

/** The time until which the caller of a piece of work waits for its result. */
export class Deadline {
  private static readonly current = new AsyncLocalStorage<Deadline>();
  private readonly at: number;
  private hasEnded = false;

  /** @param ms from now */
  constructor(ms: number) {
    this.at = performance.now() + ms;
  }

  /**
   * The deadline that `headers` of a request state; `undefined` when there is none.
   * @param elapsedMs milliseconds since the request head arrived
   */
  static from(
    headers: Readonly<Record<string, string | string[] | undefined>>,
    elapsedMs = 0,
  ): Deadline | undefined {
    const sent = headers[REQUEST_TIMEOUT_HEADER];
    return typeof sent === 'string' && MILLISECONDS.test(sent)
      ? new Deadline(Number(sent) - elapsedMs)
      : undefined;
  }

  /** Remaining time of the current work in milliseconds, at least 0; `undefined` when it has no deadline. */
  static get remainingMs(): number | undefined {
    const deadline = Deadline.current.getStore();
    if (!deadline || deadline.hasEnded) return undefined;
    return Math.max(0, deadline.at - performance.now());
  }

  /** Runs `work`, and everything it starts, under this deadline. */
  run<T>(work: () => T): T {
    return Deadline.current.run(this, work);
  }

  /**
   * Removes the deadline. Called when the response is sent: work that continues in the background has no waiting
   * caller.
   */
  end(): void {
    this.hasEnded = true;
  }
}
