import type { ServerResponse } from 'node:http';
import { Timed, type TimerWheel } from '../../sockets/timer-wheel.js';

/** An exchange to cut off when its client does not read. */
export interface Drained {
  readonly response: ServerResponse;
  cutOff(): void;
}

/**
 * Limits how long a client may leave written response bytes unread. The time-out of node's sockets can take twice as
 * long: it starts again when a part of a write has been sent, however long ago that was.
 */
export class DrainLimit extends Timed {
  constructor(
    private readonly exchange: Drained,
    private readonly wheel: TimerWheel,
    private readonly idleMs: number,
  ) {
    super();
  }

  /** Called when the socket accepts no more data. */
  begin(): void {
    if (this.dueTick === 0) this.exchange.response.once('drain', this.end);
    this.wheel.set(this, this.idleMs);
  }

  /** Called when the client reads again, or the exchange has ended. */
  readonly end = (): void => {
    this.wheel.clear(this);
    this.exchange.response.off('drain', this.end);
  };

  override onTimeout(): void {
    this.exchange.cutOff();
  }
}
