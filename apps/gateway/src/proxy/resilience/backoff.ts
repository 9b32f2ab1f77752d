import type { Attempt } from '../forwarding/attempt.js';

/** The wait before an attempt: as long as it lasts it is what the exchange is doing, and can be given up like any attempt. */
export class Backoff implements Attempt {
  private readonly timer: NodeJS.Timeout;

  constructor(ms: number, then: () => void) {
    this.timer = setTimeout(then, ms);
  }

  abort(): void {
    clearTimeout(this.timer);
  }
}
