import type { Instance } from '../../discovery/index.js';

/** The part of an exchange that a balancer reads and writes. */
export interface Picking {
  /** Whether an attempt at this instance has failed. */
  hasTried(instance: Instance): boolean;
  /** A request header by its name in lower case. */
  header(name: string): string | undefined;
  readonly clientAddress: string;
  /** Time of this pick, in milliseconds on the monotonic clock. */
  readonly attemptStartedAt: number;
  /** `Set-Cookie` value to add to the response. */
  affinityCookie: string | undefined;
}

/** Unfinished requests that this gateway has sent to one service. */
export interface RouteLoad {
  inFlight: number;
}

/** Selects the instance for an attempt. One per route, so its state concerns a single service. */
export interface Balancer {
  readonly name: string;
  /**
   * Returns an instance of `available` that `exchange` has not tried, or `undefined` if there is none. `available` is
   * the immutable list of the current service entry. Must not allocate.
   */
  pick(available: readonly Instance[], exchange: Picking): Instance | undefined;
}
