import { Clock } from '../schedule/clock.js';

/** A clock that only moves on demand. */
export class ManualClock extends Clock {
  constructor(private ms = Date.UTC(2026, 0, 1)) {
    super();
  }

  now(): number {
    return this.ms;
  }

  advance(ms: number): void {
    this.ms += ms;
  }
}
