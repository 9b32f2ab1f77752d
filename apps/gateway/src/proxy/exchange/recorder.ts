import type { Instance } from '../../discovery/index.js';
import type { Exchange } from './exchange.js';
import type { Failure } from './failure.js';

/** Records every exchange, including rejections. Calls return at once and never throw. */
export interface Recorder {
  attemptFailed(exchange: Exchange, instance: Instance, failure: Failure): void;
  tunnelOpened(exchange: Exchange): void;
  /** Called once, when the client has its response or has disconnected. */
  ended(exchange: Exchange): void;
}
