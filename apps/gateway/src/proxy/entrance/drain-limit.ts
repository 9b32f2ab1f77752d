import type { ServerResponse } from 'node:http';
import { Timed, type TimerWheel } from '../wire/timer-wheel.js';

/** What is cut off when its client does not read. */
export interface Drained {
  readonly response: ServerResponse;
  cutOff(): void;
}

/**
 * Limits how long a client may leave what was written of a response unread. The time-out of node's sockets takes up to twice as long:
 * it starts again when a part of a write was taken, however long ago that was.
 */
export class DrainLimit extends Timed {
  constructor(
    private readonly exchange: Drained,
    private readonly wheel: TimerWheel,
    private readonly idleMs: number,
  ) {
    super();
  }

  /** The socket takes no more. */
  begin(): void {
    if (this.dueTick === 0) this.exchange.response.once('drain', this.end);
    this.wheel.set(this, this.idleMs);
  }

  /** The client has read on, or the exchange is over. */
  readonly end = (): void => {
    this.wheel.clear(this);
    this.exchange.response.off('drain', this.end);
  };

  override onTimeout(): void {
    this.exchange.cutOff();
  }
}
