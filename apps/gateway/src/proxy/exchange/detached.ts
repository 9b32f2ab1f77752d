import type { StageExchange } from './exchange-state.js';
import type { Route } from './route.js';

/** How a copy of a client's request is sent. */
export interface DetachedRequest {
  /** The route of the copy; by default the background route of the original's. */
  readonly route?: Route | undefined;
  /** The payload of the copy; by default it has none. */
  readonly body?: Buffer | undefined;
  /** The copy ends as broken when the body of its response is longer; by default any length is received. */
  readonly maxResponseBytes?: number | undefined;
  /** Called before the phases of the copy run, for example to set the slot of a stage. */
  readonly prepare?: ((copy: StageExchange) => void) | undefined;
  /** Called once when the copy has ended, possibly before {@link SendDetached} returns. */
  readonly onEnd?: ((copy: StageExchange) => void) | undefined;
}

/**
 * Sends a copy of a client's request without a client: the response is discarded after the phases of its route have
 * seen it, and no client waits for it. It counts in no metric of requests and has no line in the access log.
 * @returns whether it was sent; `false` at the maximum number of copies in progress, at shutdown, without a route, and
 * for upgrades
 */
export type SendDetached = (original: StageExchange, request: DetachedRequest) => boolean;
