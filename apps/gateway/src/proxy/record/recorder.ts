import type { Instance } from '../../discovery/index.js';
import type { Exchange } from '../exchange.js';
import type { Failure } from '../forwarding/failure.js';

/** Hears of every exchange, rejections too. Its calls return at once and throw nothing. */
export interface Recorder {
  attemptFailed(exchange: Exchange, instance: Instance, failure: Failure): void;
  tunnelOpened(exchange: Exchange): void;
  /** Called once, when the client has its answer or is gone. */
  ended(exchange: Exchange): void;
}
