import type { Attempt } from '../exchange/exchange-state.js';

/** The wait before a retry. It is the attempt of the exchange meanwhile, and can be aborted like any other. */
export class Backoff implements Attempt {
  private readonly timer: NodeJS.Timeout;

  constructor(ms: number, then: () => void) {
    this.timer = setTimeout(then, ms);
  }

  abort(): void {
    clearTimeout(this.timer);
  }
}
