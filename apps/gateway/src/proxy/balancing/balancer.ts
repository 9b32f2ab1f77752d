import type { Instance } from '../../discovery/index.js';

/** What a balancer may ask, and tell, of an exchange. */
export interface Picking {
  /** An attempt at this instance has failed. */
  hasTried(instance: Instance): boolean;
  /** A request header by its name in lower case. */
  header(name: string): string | undefined;
  readonly clientAddress: string;
  /** When this pick is made, milliseconds on the monotonic clock. */
  readonly attemptStartedAt: number;
  /** A `Set-Cookie` that the answer is to carry. */
  affinityCookie: string | undefined;
}

/** Requests of one service that this gateway has sent and that have not ended. */
export interface RouteLoad {
  inFlight: number;
}

/** Picks the instance that an attempt goes to. One per route, so what it remembers is about that service alone. */
export interface Balancer {
  readonly name: string;
  /**
   * One of `available` that `exchange` has not tried; `undefined` when there is none. `available` is the immutable list
   * of the current service entry. Must not allocate.
   */
  pick(available: readonly Instance[], exchange: Picking): Instance | undefined;
}
