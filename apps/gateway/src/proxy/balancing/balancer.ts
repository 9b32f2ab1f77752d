import type { Instance } from '../../discovery/index.js';

/** What a balancer may ask of an exchange. */
export interface Picking {
  /** An attempt at this instance has failed. */
  hasTried(instance: Instance): boolean;
  /** A request header by its name in lower case. */
  header(name: string): string | undefined;
  readonly clientAddress: string;
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
